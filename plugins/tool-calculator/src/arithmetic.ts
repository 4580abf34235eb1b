import type { Binary } from './parse.ts'

/** One entry of a fixed table: how many arguments it takes, and what it does. */
export interface Fn<N> {
  readonly least: number
  readonly most: number
  readonly run: (args: readonly N[]) => N
}

/** A way to calculate: what numbers are, and what can be done with them. Nothing else can be reached. */
export interface Arithmetic<N> {
  /** @throws CALC_DOMAIN, CALC_LIMIT */
  readonly literal: (text: string) => N
  /** A number from outside. @throws CALC_DOMAIN, CALC_LIMIT */
  readonly given: (value: number | string) => N
  readonly binary: Readonly<Record<Binary, (a: N, b: N) => N>>
  readonly negate: (value: N) => N
  readonly percent: (value: N) => N
  readonly functions: ReadonlyMap<string, Fn<N>>
  readonly constants: ReadonlyMap<string, N>
  /** What is there in other ways to calculate only, and why not here: by name. */
  readonly missing?: ReadonlyMap<string, string>
}

export const MANY = 100

export function fn<N>(least: number, most: number, run: Fn<N>['run']): Fn<N> {
  return { least, most, run }
}
