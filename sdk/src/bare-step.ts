import type { CallContext, CallStepOptions } from './contracts/call-context.ts'
import type { StepContext } from './contracts/run-context.ts'
import type { Value } from './values.ts'

/**
 * A step where there is no journal: it just runs.
 * @param key tells this step from all others of all runs
 */
export function bareStep<T extends Value | void>(
  context: CallContext,
  key: string,
  fn: (inner: CallContext, step: StepContext) => Promise<T>,
  { onChunk }: CallStepOptions = {},
): Promise<T> {
  const { signal } = context
  return fn(context, {
    attempt: 1,
    idempotencyKey: key,
    path: key,
    signal,
    chunk: (data) => onChunk?.(data),
    spend: (usage) => context.spend(usage),
    heartbeat: () => {},
  })
}
