import { isSpellError, toErrorRecord, now } from '@llmspell/sdk'
import type { CallRecord, Value } from '@llmspell/sdk'
import { actorText } from './passage.ts'
import type { Passage } from './passage.ts'
import type { Target } from './modules.ts'

type Outcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** The finished call as the journal keeps it: no secret, no stack. */
export function record(
  { call, origin, seq, startedAt, cost }: Passage,
  target: Pick<Target, 'secrets'>,
  outcome: Outcome,
): CallRecord {
  return {
    seq,
    module: call.module,
    function: call.function,
    ...(call.handle === undefined ? {} : { handle: call.handle }),
    actor: actorText(origin),
    args: masked(call.args as Value, target.secrets),
    outcome: outcome.ok
      ? { ok: true, value: masked(outcome.value, target.secrets) }
      : {
          ok: false,
          error: toErrorRecord(
            outcome.error,
            isSpellError(outcome.error) ? outcome.error.code : 'INTERNAL',
          ),
        },
    durationMs: now() - startedAt,
    at: Date.now(),
    ...(cost === 0 ? {} : { cost }),
  }
}

/** The value without what stands under the names of secrets. */
export function masked(value: Value, secrets: ReadonlySet<string>): Value {
  if (
    secrets.size === 0 ||
    typeof value !== 'object' ||
    value === null ||
    value instanceof Uint8Array
  )
    return value
  if (Array.isArray(value)) return value.map((item: Value) => masked(item, secrets))
  const entries = Object.entries(value as Record<string, Value>)
  return Object.fromEntries(
    entries.map(([key, item]) => [key, secrets.has(key) ? '***' : masked(item, secrets)]),
  )
}
