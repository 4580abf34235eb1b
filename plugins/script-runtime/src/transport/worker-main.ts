import { workerData } from 'node:worker_threads'
import { toErrorRecord } from '@llmspell/sdk'
import type { ScriptEngine, ScriptSession, SessionOptions, Value } from '@llmspell/sdk'
import { locals } from '../locals.ts'
import { Bridge } from './bridge.ts'
import { threadBytes } from './memory.ts'
import type { Done, ThreadData, Verb } from './protocol.ts'

const data = workerData as ThreadData
const bridge = new Bridge(data.port, data.counters)

const told: Pick<SessionOptions, 'label' | 'uncaught'> = {
  label: (id) => bridge.label(id),
  uncaught: (error) => bridge.send({ type: 'uncaught', error }),
}

async function open(): Promise<ScriptSession> {
  const { engine } = (await import(data.engine)) as { engine: ScriptEngine }
  return engine.open({
    facts: data.facts,
    limits: data.limits,
    modules: Object.keys(data.modules),
    locals,
    describe: (module) => data.modules[module]!,
    field: (module, name) => data.fields[module]?.[name],
    call: (call) => bridge.call(call),
    callInPlace: (call) => bridge.callInPlace(call),
    notify: (call) => bridge.tell({ type: 'notify', call }),
    write: (text) => bridge.tell({ type: 'write', text }),
    enter: (fn) => fn(),
    ...(data.attended ? told : {}),
  })
}

async function perform(session: ScriptSession, ask: Verb): Promise<Done> {
  try {
    return { ok: true, value: (await act(session, ask)) as Value | undefined }
  } catch (error) {
    return { ok: false, error: toErrorRecord(error, 'ENGINE_FAILED') }
  }
}

function act(session: ScriptSession, ask: Verb): unknown {
  switch (ask.verb) {
    case 'run':
      return session.run(ask.chunk)
    case 'evaluate':
      return session.evaluate(ask.line, ask.where)
    case 'complete':
      return session.complete(ask.text)
    case 'invoke':
      return session.invoke(ask.callback, ask.args)
    case 'release':
      return session.release(ask.callback)
    case 'respond':
      return undefined
    case 'close':
      return session.close()
  }
}

async function main(): Promise<void> {
  const session = await open()
  bridge.onAsk = async (id, ask) =>
    bridge.send({ type: 'done', id, done: await perform(session, ask) })
  bridge.send({ type: 'ready', bytes: threadBytes() })
  bridge.listen()
}

main().catch((error: unknown) => {
  bridge.send({ type: 'failed', error: toErrorRecord(error, 'ENGINE_FAILED') })
})
