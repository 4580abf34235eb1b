import type { ErrorRecord } from '@llmspell/sdk'

/** What a thread is started with. */
export interface ThreadData {
  /** URL of the module whose functions it runs. */
  readonly module: string
}

/** Host to thread. */
export interface Task {
  readonly function: string
  readonly args: readonly unknown[]
}

/** An error without a code of ours, as its own fields. */
export interface PlainError {
  readonly name: string
  readonly message: string
  readonly code?: string
}

/** Thread to host. */
export type FromThread =
  /** With the bytes that the thread holds before any work. */
  | { readonly type: 'ready'; readonly bytes: number }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'coded'; readonly error: ErrorRecord }
  | { readonly type: 'failed'; readonly error: PlainError }
