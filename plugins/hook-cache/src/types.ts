export interface CacheCounts {
  /** Answered at once. */
  readonly hits: number
  /** Asked. */
  readonly misses: number
  /** Answered with what an equal call got that was under way. */
  readonly joined: number
}

export interface CacheStats {
  readonly entries: number
  readonly bytes: number
  /** For want of room. */
  readonly dropped: number
  readonly models: CacheCounts
  readonly tools: CacheCounts
}

/** Service `cache`. */
export interface AnswerCache {
  stats(): CacheStats
  /** Forgets all answers, those in the store too. */
  clear(): Promise<void>
}

declare module '@llmspell/sdk' {
  interface Services {
    cache: AnswerCache
  }
}
