import type { EXPORTS } from './binary.ts'

export type Api = Readonly<Record<keyof typeof EXPORTS, (...args: number[]) => number>>

/** What QTS_Eval takes. */
export const AS_SCRIPT = 0
export const AS_MODULE = 1
export const STRICT = 8
/** A script with top-level await; its value is a promise of `{ value }`. */
export const ASYNC = 128

/** Something that was thrown in the guest: a pointer to it. */
export class Thrown extends Error {
  readonly value: number
  constructor(value: number) {
    super('thrown by the guest')
    this.value = value
  }
}

export interface MachineOptions {
  readonly memoryBytes: number
  now(): number
  /** ms that stand in for the clock while the context is made: the seed of its randomness. */
  readonly seedTime: number
  enter<T>(fn: () => T): T
  /** Source of a script module. @throws SpellError */
  load(name: string): string
  resolve(base: string, name: string): string
}
