import type { Awaitable } from '@llmspell/sdk'

/** Service `audit-lines`. */
export interface AuditLines {
  /** Resolves when the lines up to now are handed to the audit. */
  settled(): Awaitable<void>
}

declare module '@llmspell/sdk' {
  interface Services {
    'audit-lines': AuditLines
  }
}
