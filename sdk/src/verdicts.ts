const BRAND = 'verdict/1'

interface Branded {
  /** Brand: recognised across copies of the SDK in one process. */
  readonly $llmspell: typeof BRAND
}

/** Go on with these data: the taps that follow and the owner see them. */
export interface Modify<T> extends Branded {
  readonly type: 'modify'
  readonly data: T
}
/** The operation fails. */
export interface Cancel extends Branded {
  readonly type: 'cancel'
  readonly reason: string
  readonly hint?: string
}
/** The operation does not run; this is its result. */
export interface Replace<R> extends Branded {
  readonly type: 'replace'
  readonly result: R
}
/** The operation runs again. */
export interface Retry extends Branded {
  readonly type: 'retry'
  readonly delayMs?: number
  readonly maxAttempts?: number
  /** Also where that could do a thing twice: the host has said so of this very operation. */
  readonly unsafe?: boolean
}
/** Something else of the same kind does it. */
export interface Redirect extends Branded {
  readonly type: 'redirect'
  readonly to: string
}
/** Later taps are not asked. */
export interface Skip extends Branded {
  readonly type: 'skip'
  readonly reason?: string
}

/** What a tap of an intercept answers, made by the functions below. */
export type Verdict<T = unknown, R = unknown> =
  | Modify<T>
  | Cancel
  | Replace<R>
  | Retry
  | Redirect
  | Skip

/** The verdicts that a point can take; `skip` is always one. */
export type PointResult = Exclude<Verdict['type'], 'skip'>

/** A verdict that ends the asking, and the plugin that gave it. */
export type FinalVerdict<R = unknown> = (Cancel | Replace<R> | Retry | Redirect) & {
  readonly by: string
}

/** What the owner of an intercept gets back. */
export interface Intercepted<T, R = unknown> {
  /** The payload, or what the taps made of it. */
  readonly data: T
  readonly changed: boolean
  readonly verdict?: FinalVerdict<R>
}

export function modify<T>(data: T): Modify<T> {
  return { $llmspell: BRAND, type: 'modify', data }
}

export function cancel(reason: string, hint?: string): Cancel {
  return { $llmspell: BRAND, type: 'cancel', reason, ...(hint === undefined ? {} : { hint }) }
}

export function replace<R>(result: R): Replace<R> {
  return { $llmspell: BRAND, type: 'replace', result }
}

export function retry(
  options: {
    readonly delayMs?: number
    readonly maxAttempts?: number
    readonly unsafe?: boolean
  } = {},
): Retry {
  return { $llmspell: BRAND, type: 'retry', ...options }
}

export function redirect(to: string): Redirect {
  return { $llmspell: BRAND, type: 'redirect', to }
}

export function skip(reason?: string): Skip {
  return { $llmspell: BRAND, type: 'skip', ...(reason === undefined ? {} : { reason }) }
}

/** The verdict on data that were changed before it: both reach the owner. */
export function withData<V extends Verdict>(verdict: V, data: unknown): V {
  return { ...verdict, data }
}

/** True for a verdict of any copy of the SDK. */
export function isVerdict(value: unknown): value is Verdict {
  const brand = (value as { $llmspell?: unknown } | null | undefined)?.$llmspell
  return typeof value === 'object' && brand === BRAND
}

/**
 * A payload with the keys of another that may be changed: what says whom and what it is about stays, whatever a tap made
 * of it, so that the taps behind it and the owner decide on the truth.
 */
export function withChanges<T extends object>(
  before: T,
  after: object,
  changes: ReadonlySet<string>,
): T {
  const changed = Object.entries(after).filter(([key]) => changes.has(key))
  const gone = Object.keys(before).filter((key) => changes.has(key) && !(key in after))
  const made = { ...before, ...Object.fromEntries(changed) } as Record<string, unknown>
  for (const key of gone) delete made[key]
  return made as T
}
