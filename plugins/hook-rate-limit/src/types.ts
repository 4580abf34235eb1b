/** What one row has done so far. */
export interface RateLimitRow {
  /** `tool 'web-*'`. */
  readonly name: string
  readonly buckets: number
  readonly passed: number
  /** Of those that passed. */
  readonly waited: number
  readonly waitedMs: number
  readonly refused: number
}

export type RateLimitStats = readonly RateLimitRow[]

/** Service `rate-limits`. */
export interface RateLimits {
  /** In the order of the rows. */
  stats(): RateLimitStats
}

declare module '@llmspell/sdk' {
  interface Services {
    'rate-limits': RateLimits
  }
}
