export type Labels = Readonly<Record<string, string>>

/** One counter: it only grows. */
export interface Counted {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** One histogram, in seconds. */
export interface Measured {
  readonly name: string
  readonly labels: Labels
  readonly count: number
  readonly sum: number
  /** How many fell into each bucket, by its upper bound in `bounds`; the last one has none. */
  readonly buckets: readonly number[]
}

export interface MetricsSnapshot {
  readonly counters: readonly Counted[]
  readonly histograms: readonly Measured[]
}

export interface MetricsTotals extends MetricsSnapshot {
  /** Lines of the files that nobody can read any more. */
  readonly unreadable: number
}

/** Service `metrics`. */
export interface Metrics {
  /** Upper bounds of the buckets of all histograms, in seconds. */
  readonly bounds: readonly number[]
  /** What this process has counted. */
  snapshot(): MetricsSnapshot
  /** What all processes have counted and written, this one up to now. @param since ms since the epoch; counts whole days of UTC */
  totals(since?: number): Promise<MetricsTotals>
  /** Text for Prometheus; of this process where nothing is given. */
  prometheus(snapshot?: MetricsSnapshot): string
}

declare module '@llmspell/sdk' {
  interface Services {
    metrics: Metrics
  }
}
