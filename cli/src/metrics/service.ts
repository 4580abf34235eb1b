import type { Kernel } from '@llmspell/kernel'
import type { Services } from '@llmspell/sdk'

type Labels = Readonly<Record<string, string>>

export interface Counted {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

export interface Measured {
  readonly name: string
  readonly labels: Labels
  readonly count: number
  readonly sum: number
  readonly buckets: readonly number[]
}

export interface Totals {
  readonly counters: readonly Counted[]
  readonly histograms: readonly Measured[]
  readonly unreadable: number
}

/** What we ask of the service `metrics`, whichever plugin provides it. */
export interface Metrics {
  readonly bounds: readonly number[]
  totals(since?: number): Promise<Totals>
  prometheus(totals: Totals): string
}

/** One sum of the service `costs`. */
export interface CostRow {
  readonly key: string
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost: number
  /** Calls whose price nobody knows. */
  readonly unpriced: number
}

export const COST_KEYS = ['run', 'agent', 'model', 'day'] as const

/** What we ask of the service `costs`. */
export interface Costs {
  totals(by: (typeof COST_KEYS)[number], since?: number): Promise<readonly CostRow[]>
}

/** @throws NOT_AVAILABLE where no plugin provides it */
export async function metricsOf(kernel: Kernel): Promise<Metrics> {
  return (await kernel.use('metrics' as keyof Services)) as unknown as Metrics
}

/** @throws NOT_AVAILABLE where no plugin provides it */
export async function costsOf(kernel: Kernel): Promise<Costs> {
  return (await kernel.use('costs' as keyof Services)) as unknown as Costs
}
