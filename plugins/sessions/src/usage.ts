import type { SessionStore } from './store.ts'
import type { SessionUsage } from './types.ts'

const PREFIX = 'agent:'
const COUNTS = ['requests', 'input_tokens', 'output_tokens', 'cost'] as const

/** What the agents that a session keeps have spent, each in all its runs. */
export async function usageOf(store: SessionStore, id: string): Promise<SessionUsage> {
  const sum = { requests: 0, input_tokens: 0, output_tokens: 0, cost: 0 }
  for await (const [key, { value }] of store.state(id)) {
    if (!key.startsWith(PREFIX)) continue
    const { usage } = (value ?? {}) as { readonly usage?: Readonly<Record<string, unknown>> }
    for (const name of COUNTS) sum[name] += countOf(usage?.[name])
  }
  return sum
}

/** Scripts may write there as well. */
function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}
