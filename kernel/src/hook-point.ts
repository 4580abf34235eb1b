import type { HookKind, Undo } from '@llmspell/sdk'
import { untouched } from './hook-intercept.ts'

/** One tap of a point. */
export interface TapEntry {
  /** Id of the plugin, or what a run-time tap calls itself. */
  readonly owner: string
  readonly fn: (payload: never) => unknown
  /** Lower stages run first. */
  readonly stage: number
  /** Place of the plugin in the plan; breaks ties of the stage. */
  readonly order: number
  /** Milliseconds; undefined for the default. */
  readonly timeout: number | undefined
  /** What it calls itself in texts and traces. */
  readonly label?: string | undefined
  /** See TapOptions. */
  readonly tells?: boolean | undefined
}

/** What every call comes to while a plugin is missed that it cannot go on without. */
export type Lost = { readonly answer: unknown } | { readonly error: Error }

/** What the point needs from outside: compiling by kind, waking lazy tappers, the answer of lost ones. */
export interface PointParts {
  compile(kind: HookKind, taps: readonly TapEntry[]): (payload: unknown) => unknown
  /** Activates plugins; gives the answer of a call that cannot go on without one of them. */
  wake(ids: readonly string[]): Promise<Lost | undefined>
}

/** A point with removable, ordered taps; they are compiled at the next call after a change. */
export class HookPoint {
  readonly name: string
  readonly kind: HookKind
  /** False when a call would do nothing. A plain field: this is the whole cost of an unused point. */
  used = false
  readonly #parts: PointParts
  readonly #waiting = new Set<string>()
  readonly #lost = new Map<string, Lost>()
  #taps: readonly TapEntry[] = []
  #compiled: ((payload: unknown) => unknown) | undefined

  constructor(name: string, kind: HookKind, parts: PointParts) {
    this.name = name
    this.kind = kind
    this.#parts = parts
  }

  get taps(): readonly TapEntry[] {
    return this.#taps
  }

  /** Adds a tap. A call that is running keeps the taps it began with. */
  tap(entry: TapEntry): Undo {
    this.#set([...this.#taps, entry].sort((a, b) => a.stage - b.stage || a.order - b.order))
    return () => this.remove(entry)
  }

  remove(entry: TapEntry): void {
    if (this.#taps.includes(entry)) this.#set(this.#taps.filter((other) => other !== entry))
  }

  /** A plugin will tap this point, but is not active yet: the first call wakes it. */
  expect(id: string): void {
    this.#waiting.add(id)
    this.#update()
  }

  waits(id: string): boolean {
    return this.#waiting.has(id)
  }

  /** The plugin is active, gone or not wanted any more: nobody waits for it. */
  settle(id: string): void {
    this.#waiting.delete(id)
    this.#lost.delete(id)
    this.#update()
  }

  /** The plugin will never tap: every call comes to this instead, until `settle`. */
  lose(id: string, lost: Lost): void {
    this.#waiting.delete(id)
    this.#lost.set(id, lost)
    this.#update()
  }

  /** What the taps are compiled with has changed. */
  recompile(): void {
    this.#compiled = undefined
  }

  close(): void {
    this.#waiting.clear()
    this.#lost.clear()
    this.#update()
  }

  call(payload: unknown): unknown {
    if (this.#waiting.size > 0 && this.kind !== 'notify') return this.#wakeAndRun(payload)
    return this.run(payload)
  }

  async ready(): Promise<void> {
    if (this.#waiting.size > 0) await this.#parts.wake([...this.#waiting])
  }

  /** Calls the taps that are there, without waking any. */
  run(payload: unknown): unknown {
    if (this.#lost.size > 0) return comeTo(this.#lost.values().next().value!)
    this.#compiled ??= this.#compile()
    return this.#compiled(payload)
  }

  async #wakeAndRun(payload: unknown): Promise<unknown> {
    const stuck = await this.#parts.wake([...this.#waiting])
    return stuck ? comeTo(stuck) : this.run(payload)
  }

  #compile(): (payload: unknown) => unknown {
    if (this.#taps.length > 0) return this.#parts.compile(this.kind, this.#taps)
    if (this.kind === 'notify') return () => undefined
    if (this.kind === 'intercept') return (payload) => Promise.resolve(untouched(payload))
    return this.kind === 'transform'
      ? (payload) => Promise.resolve(payload)
      : () => Promise.resolve()
  }

  #set(taps: readonly TapEntry[]): void {
    this.#taps = taps
    this.#compiled = undefined
    this.#update()
  }

  #update(): void {
    this.used = this.#taps.length + this.#waiting.size + this.#lost.size > 0
  }
}

function comeTo(lost: Lost): Promise<unknown> {
  return 'error' in lost ? Promise.reject(lost.error) : Promise.resolve(lost.answer)
}
