import { SDK_VERSION } from '../version.ts'
import { satisfies } from '../versions.ts'

/** A level of the contract between kernel and plugins: one minor version of the SDK. */
export type Contract = '0.1' | '0.2'

/** The last version of the level before this one, which the kernel still keeps. */
const PREVIOUS_VERSION = '0.1.0'

/** The levels that this kernel keeps, newest first. */
export const CONTRACTS: readonly Contract[] = ['0.2', '0.1']

/**
 * The level that a plugin was written for; a range that holds several means the newest.
 * Undefined where this kernel keeps none of the range.
 * @param engine `engines.llmspell`; none for inline plugins, which are of this level
 */
export function contractOf(engine: string | undefined): Contract | undefined {
  if (engine === '') return undefined
  if (engine === undefined || satisfies(SDK_VERSION, engine)) return '0.2'
  return satisfies(PREVIOUS_VERSION, engine) ? '0.1' : undefined
}

/** True for a range that begins above this kernel. */
export function isNewer(engine: string): boolean {
  const least = /\d+(?:\.\d+)*/.exec(engine)?.[0] ?? '0'
  const numbers = least.split('.').map(Number)
  const own = SDK_VERSION.split('.').map(Number)
  const differs = numbers.findIndex((part, index) => part !== own[index])
  return differs >= 0 && numbers[differs]! > own[differs]!
}
