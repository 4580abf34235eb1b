import { SpellError, isSpellError } from '@llmspell/sdk'
import type { CallContext, HostCallback, Value } from '@llmspell/sdk'

/** A table as scripts write it. */
export type Table = Readonly<Record<string, Value>>

/** Limits by name, what is used of them and what is left. */
export type OwnBudget = Table & { readonly used: Table; readonly remaining: Table }

/**
 * What the run may use, has used and has left; limits that are given are lowered first.
 * @param own what the runtime counts itself
 * @throws NOT_AVAILABLE for limits without a plugin that keeps them
 */
export async function readBudget(
  context: CallContext,
  own: OwnBudget,
  limits: Table | undefined,
): Promise<Value> {
  const known = await askBudget(context, 'read', limits === undefined ? [] : [limits], () => {
    if (limits !== undefined) throw missing()
    return { used: { steps: 0, tool_calls: 0, tokens: 0, cost: 0 }, remaining: {} }
  })
  const { used, remaining, ...more } = known as OwnBudget
  return {
    ...own,
    ...more,
    used: { ...own.used, ...used, time_ms: own.used['time_ms']! },
    remaining: { ...remaining, ...own.remaining },
  }
}

/** The value of a function; the limits hold for all that the script does until it ends. @throws BUDGET_EXCEEDED */
export async function withBudget(
  context: CallContext,
  limits: Table,
  fn: HostCallback,
): Promise<Value | undefined> {
  const part = (await askBudget(context, 'open', [limits], () => {
    throw missing()
  })) as string
  const work = untilDone(context, part, fn)
  if (limits['max_time'] === undefined) return (await work) as Value | undefined
  work.catch(() => {})
  const over = new AbortController()
  const late = context.call('Budget', 'ends', [part], { signal: over.signal })
  late.catch(() => {})
  try {
    return (await Promise.race([work, late])) as Value | undefined
  } finally {
    over.abort(new SpellError('CANCELLED', 'The function has ended.'))
  }
}

/** Open until the function ends, also where nobody waits for it any more. */
async function untilDone(context: CallContext, part: string, fn: HostCallback): Promise<unknown> {
  try {
    return await fn()
  } finally {
    await context.call('Budget', 'close', [part])
  }
}

async function askBudget(
  context: CallContext,
  fn: string,
  args: readonly Value[],
  otherwise: () => unknown,
): Promise<unknown> {
  try {
    return await context.call('Budget', fn, args)
  } catch (error) {
    if (isSpellError(error) && error.code === 'MODULE_UNKNOWN') return otherwise()
    throw error
  }
}

/** NOT_AVAILABLE: limits that nobody would keep. */
export function missing(): SpellError {
  return new SpellError('NOT_AVAILABLE', 'A budget is set, but no installed plugin keeps it.', {
    hint: "Install the plugin 'budgets'.",
  })
}
