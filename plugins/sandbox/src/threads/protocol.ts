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

export type Failure =
  | { readonly type: 'coded'; readonly error: ErrorRecord }
  | { readonly type: 'failed'; readonly error: PlainError }

/** Thread to host. */
export type FromThread =
  /** With the bytes that the thread holds before any work. */
  | { readonly type: 'ready'; readonly bytes: number }
  | { readonly type: 'done'; readonly value: unknown }
  | Failure

/** Host to the process that has the threads. */
export type ToShop =
  | { readonly type: 'run'; readonly id: number; readonly job: ShopJob }
  | { readonly type: 'abort'; readonly id: number }

/** A job without what cannot cross. */
export interface ShopJob extends Task {
  readonly module: string
  readonly subject: string
  readonly timeoutMs?: number
  readonly memoryBytes?: number
}

/** The process that has the threads to host. */
export interface FromShop {
  readonly id: number
  readonly outcome: { readonly type: 'done'; readonly value: unknown } | Failure
}
