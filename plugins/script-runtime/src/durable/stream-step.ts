import type { HostStream, Json, RunContext, StepContext, StepEffect, Value } from '@llmspell/sdk'
import type { Asked } from './asked.ts'
import { inLeaf, recordable } from './asked.ts'
import { fromJson, toJson } from './json.ts'
import { nextId, placing } from './place.ts'
import { sealed, unsealed } from './labels.ts'
import { Relay } from './relay.ts'
import type { Serving } from './serving.ts'

/** The first piece of a step that gives a stream: from here on its reader waits for chunks. */
const OPEN = 'open'

/**
 * A stream as a step: its chunks go to the reader as they come and are kept with the record; afterwards the recorded ones
 * are the stream.
 */
export function streamStep(
  serving: Serving,
  asked: Asked,
  scope: RunContext,
): { readonly stream: HostStream; readonly opened: Promise<void> } {
  const { passage, name, args, effect } = asked
  const relay = new Relay<Value>()
  const opened = Promise.withResolvers<void>()
  const stream = passage.scope.streams.add(relay, `stream_${nextId(scope)}`)
  const at = placing()
  const pumped = async (step: StepContext): Promise<Json> => {
    const serve = () => serving.serve(inLeaf(passage, true))
    const source = (await recordable(passage, serve)) as HostStream
    await step.chunk(OPEN)
    await recordable(passage, () => pump(source, step, relay))
    return sealed(null)
  }
  const take = (chunk: Json): void => {
    if (chunk === OPEN) opened.resolve()
    else relay.push(fromJson(chunk) as Value)
  }
  const ended = scope.step(name, (step) => at({ context: scope, step }, () => pumped(step)), {
    effect: effect as Exclude<StepEffect, 'composed'>,
    args,
    onChunk: take,
    onReplayed: (usage) => serving.charge(passage, usage),
  })
  passage.scope.life?.open(scope, ended, () => relay.flow())
  ended.then(
    (json) => {
      unsealed(json, passage.scope.labels)
      relay.end()
    },
    (error: unknown) => {
      opened.reject(error)
      relay.fail(error)
    },
  )
  return { stream, opened: opened.promise }
}

/** As fast as the reader reads; ends where the reader leaves. */
async function pump(source: HostStream, step: StepContext, relay: Relay<Value>): Promise<void> {
  const chunks = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      await relay.room()
      const next = await Promise.race([chunks.next(), relay.left])
      if (next === undefined || next.done) return
      await step.chunk(toJson(next.value))
    }
  } finally {
    // Not awaited: a source that hangs would hang its reader.
    void chunks.return?.().catch(() => {})
  }
}
