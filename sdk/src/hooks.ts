import type { Intercepted, Verdict } from './verdicts.ts'

/** A value or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/** Undoes one registration. Safe to call twice. */
export type Undo = () => void

/** A guard's no. */
export interface Denial {
  readonly denied: true
  readonly reason: string
  readonly hint?: string
}

/** What a guard tap returns to say no. */
export function deny(reason: string, hint?: string): Denial {
  return hint === undefined ? { denied: true, reason } : { denied: true, reason, hint }
}

export function isDenial(value: unknown): value is Denial {
  return typeof value === 'object' && value !== null && (value as Denial).denied === true
}

export type HookKind =
  | 'guard'
  | 'transform'
  | 'observe'
  | 'series'
  | 'notify'
  | 'choose'
  | 'intercept'

/**
 * First denial wins. Guards fail closed: a tap that throws, times out or returns anything but `undefined` or a denial
 * (`false`, `null` and texts too) denies and is reported.
 */
export interface Guard<A> {
  readonly kind: 'guard'
  readonly payload: A
  readonly result: Denial
}
/** Each tap may return a new value. A tap that throws fails the operation. */
export interface Transform<T> {
  readonly kind: 'transform'
  readonly payload: T
  readonly result: T
}
/** All taps at once. A tap that throws is reported; the others go on. */
export interface Observe<A> {
  readonly kind: 'observe'
  readonly payload: A
  readonly result: never
}
/** One tap after the other. A tap that throws is reported; the next goes on. */
export interface Series<A> {
  readonly kind: 'series'
  readonly payload: A
  readonly result: never
}
/** Synchronous, for hot paths. A tap that throws is reported. */
export interface Notify<A> {
  readonly kind: 'notify'
  readonly payload: A
  readonly result: never
}
/** The first answer wins. A tap that throws is reported and the next is asked. */
export interface Choose<A, R> {
  readonly kind: 'choose'
  readonly payload: A
  readonly result: R
}

/**
 * Taps are asked one after the other and answer nothing or a verdict; each sees the data that the ones before it made.
 * Which verdicts count is in the manifest of the owner. A tap that throws, is late or answers anything else fails the
 * operation, or is passed over where the manifest says `failOpen`.
 */
export interface Intercept<T, R = never> {
  readonly kind: 'intercept'
  readonly payload: T
  readonly result: R
}

export type AnyHook =
  | Guard<unknown>
  | Transform<unknown>
  | Observe<unknown>
  | Series<unknown>
  | Notify<unknown>
  | Choose<unknown, unknown>
  | Intercept<unknown, unknown>

/**
 * Hook points by name. Owners add theirs by declaration merging:
 * `declare module '@llmspell/sdk' { interface Hooks { 'tool.guard': Guard<ToolGuard> } }`
 */
export interface Hooks {
  'kernel.pluginActivated': Notify<{ readonly id: string; readonly ms: number }>
  'kernel.pluginFailed': Notify<{
    readonly id: string
    readonly code: string
    readonly message: string
  }>
  'kernel.started': Series<{
    readonly active: number
    readonly failed: number
    readonly ms: number
  }>
  'kernel.configChanged': Series<{ readonly path: string }>
  'kernel.shutdown': Series<{ readonly reason: string }>
}

/** The function a plugin hands to `tap`. Payloads are plain data, frozen or copied. */
export type Tap<K extends keyof Hooks> = Hooks[K] extends { kind: 'notify'; payload: infer A }
  ? (payload: A) => void
  : Hooks[K] extends Intercept<infer A, infer R>
    ? (payload: A) => Awaitable<Verdict<A, R> | undefined | void>
    : Hooks[K] extends { kind: 'transform' | 'guard' | 'choose'; payload: infer A; result: infer R }
      ? (payload: A) => Awaitable<R | undefined | void>
      : Hooks[K] extends { payload: infer A }
        ? (payload: A) => Awaitable<void>
        : never

/** What the owner gets back from calling a point. */
export type HookOutcome<K extends keyof Hooks> = Hooks[K] extends { kind: 'notify' }
  ? void
  : Hooks[K] extends Intercept<infer T, infer R>
    ? Promise<Intercepted<T, R>>
    : Hooks[K] extends { kind: 'transform'; payload: infer T }
      ? Promise<T>
      : Hooks[K] extends { kind: 'guard' | 'choose'; result: infer R }
        ? Promise<R | undefined>
        : Promise<void>

/** Options of a tap. Lower stages run first; plugins use 0, script taps 100. */
export interface TapOptions {
  readonly stage?: number
  /** Milliseconds; default 5,000. */
  readonly timeout?: number
  /** What the tap calls itself in texts and traces, beside its owner. */
  readonly label?: string
  /** True for a tap that stands for several functions and tells traces of each of them itself. */
  readonly tells?: boolean
}

/** A point as its owner sees it. */
export interface HookPoint<K extends keyof Hooks> {
  readonly name: K
  /** False when nobody listens: build the payload only inside `if (point.used)`. */
  readonly used: boolean
  call(payload: Hooks[K]['payload']): HookOutcome<K>
  /** Wakes the plugins that will listen, so that `used` says in each process what it says in the next. */
  ready(): Promise<void>
}
