import { SpellError } from '@llmspell/sdk'
import type { ErrorRecord, HostCall, HostReply, ScriptEngine, SessionOptions } from '@llmspell/sdk'
import { locals } from '../locals.ts'
import { isLater } from '../maybe.ts'
import { timedOut } from '../scope-errors.ts'
import type { HostSide, HostedSession } from './session.ts'
import { isEnded, underWatchdog } from './watchdog.ts'

/** Opens a session in this thread. The script's own computing holds the thread; a watchdog ends it at the limit. */
export async function openInline(engine: ScriptEngine, host: HostSide): Promise<HostedSession> {
  const { scope } = host
  const timed = scope.deadline !== undefined
  const { compute = (fn) => fn() } = scope.options
  const session = await engine.open({
    facts: host.facts,
    limits: host.limits,
    modules: host.modules,
    locals,
    describe: (module) => host.describe(module),
    field: (module, name) => host.field(module, name),
    // Under a time limit no code of the host runs inside an entry: the watchdog would end it half way.
    call: timed ? (call) => later(host, call) : (call) => host.call(call),
    callInPlace: (call) => inPlace(host.call(call)),
    notify: (call) => host.notify(call),
    write: (text) => host.write(text),
    ...toldOf(host),
    enter: timed ? (fn) => compute(() => timedEntry(host, fn)) : (fn) => compute(fn),
  })
  return {
    run: (chunk) => session.run(chunk),
    evaluate: (line, where) => session.evaluate(line, where),
    complete: async (text) => session.complete(text),
    invoke: (callback, args) => session.invoke(callback, args),
    release: (callback) => session.release(callback),
    responds: () => Promise.resolve(),
    close: () => session.close(),
    kill: () => void session.close(),
  }
}

/** What only a host has before which somebody sits. */
function toldOf(host: HostSide): Pick<SessionOptions, 'label' | 'uncaught'> {
  return {
    ...(host.label ? { label: (id: string) => host.label!(id) } : {}),
    ...(host.uncaught ? { uncaught: (error: ErrorRecord) => host.uncaught!(error) } : {}),
  }
}

async function later(host: HostSide, call: HostCall): Promise<HostReply> {
  await Promise.resolve()
  return host.call(call)
}

function inPlace(reply: HostReply | Promise<HostReply>): HostReply {
  if (!isLater(reply)) return reply
  reply.catch(() => {})
  const error = {
    code: 'WOULD_BLOCK',
    message:
      'This call has to wait, but stands where the language cannot suspend, such as a comparator.',
    hint: 'Move the call out of that place, or run with --isolation=worker.',
  }
  return { ok: false, error }
}

function timedEntry<T>({ scope }: HostSide, fn: () => T): T {
  scope.check()
  const { timeMs = 0 } = scope.budget.limits
  try {
    return underWatchdog(fn, scope.deadline! - Date.now())
  } catch (error) {
    if (!isEnded(error)) throw error
    scope.cancel(timedOut(timeMs))
    throw new SpellError('SESSION_KILLED', 'The session was ended at its time limit.', {
      cause: error,
    })
  }
}
