/** What one row has done so far. */
export interface RetryRow {
  /** `tool 'web-*'`. */
  readonly name: string
  /** Other tries that were asked for. */
  readonly asked: number
  /** All tries were used, or the other side asks for too long a wait. */
  readonly gaveUp: number
}

export type RetryStats = readonly RetryRow[]

/** Service `retries`. */
export interface Retries {
  /** In the order of the rows. */
  stats(): RetryStats
}

declare module '@llmspell/sdk' {
  interface Services {
    retries: Retries
  }
}
