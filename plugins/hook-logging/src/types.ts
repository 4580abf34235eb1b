import type { Awaitable } from '@llmspell/sdk'

/** Service `log-lines`. */
export interface LogLines {
  /** Resolves when the lines up to now are written, or counted as dropped. */
  flush(): Awaitable<void>
}

declare module '@llmspell/sdk' {
  interface Services {
    'log-lines': LogLines
  }
}
