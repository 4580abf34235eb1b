import { toErrorRecord } from '@llmspell/sdk'
import type { HostCall, HostReply, SessionFacts } from '@llmspell/sdk'
import { scriptOrigin } from '../context.ts'
import { hostSide } from '../host-side.ts'
import type { HostParts } from '../host-side.ts'
import { isLater } from '../maybe.ts'
import type { HostSide } from '../transport/session.ts'
import type { Callbacks } from './callbacks.ts'
import type { TapeReplay } from './replay.ts'
import type { EntryScope } from './scope.ts'
import type { Tape } from './tape.ts'

/** What answers the engine: the house, or a tape. */
export interface Answering {
  replay: TapeReplay | undefined
  /** Answers calls that were under way when the engine was opened anew. */
  late: ((call: number, reply: HostReply) => void) | undefined
}

/** The host as an engine of entries sees it: every call is kept, and ends with its entry. */
export function entryHost(
  parts: HostParts,
  scope: EntryScope,
  facts: SessionFacts,
  tape: Tape,
  { answering, callbacks }: { answering: Answering; callbacks: Callbacks },
): HostSide {
  // The origin of each call has the signal of the entry that is under way.
  const pass = (request: HostCall) => parts.door.pass(scope, request, scriptOrigin(scope))
  const host = hostSide(parts, scope, facts, pass)
  const live = (call: HostCall): HostReply | Promise<HostReply> => {
    const orphan = tape.orphan(call)
    const asked = tape.ask(call)
    const kept = (reply: HostReply): HostReply => {
      const number = tape.answer(asked, reply)
      if (number !== undefined) answering.late?.(number, reply)
      return reply
    }
    const reply = orphan ?? host.call(call)
    return isLater(reply) ? untilEnded(reply, scope.signal).then(kept) : kept(reply)
  }
  const known = (call: HostCall): HostCall => ({ ...call, args: callbacks.known(call.args) })
  return {
    ...host,
    call: (call) => answering.replay?.call(call) ?? live(known(call)),
    notify: (call) => {
      if (!answering.replay) host.notify(known(call))
    },
    write: (text) => {
      if (!answering.replay) host.write(text)
    },
    label: (id) => scope.label(id),
    uncaught: (error) => {
      if (!answering.replay) scope.uncaught?.(scope.redactor.value(error))
    },
  }
}

/** A call that does not end with its entry is left behind. */
async function untilEnded(reply: Promise<HostReply>, signal: AbortSignal): Promise<HostReply> {
  const { promise, resolve } = Promise.withResolvers<HostReply>()
  const stop = (): void => resolve({ ok: false, error: toErrorRecord(signal.reason) })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([reply, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
