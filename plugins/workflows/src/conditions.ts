import { SpellError, describe, isRef } from '@llmspell/sdk'
import type { Comparison, Condition, Value } from '@llmspell/sdk'
import { expand } from './expand.ts'
import type { Lane } from './lane.ts'
import { isMatch } from './matches.ts'

type Table = Exclude<Condition, boolean | ((...args: never) => unknown)>

/** @throws WORKFLOW_CONDITION_INVALID where it cannot be answered */
export async function holds(condition: Condition, lane: Lane): Promise<boolean> {
  if (typeof condition === 'boolean') return condition
  if (typeof condition === 'function') return asBoolean(await lane.ask(condition))
  if ('all' in condition) return every(condition.all, lane)
  if ('any' in condition) return some(condition.any, lane)
  if ('none' in condition) return !(await some(condition.none, lane))
  if ('step' in condition) return lane.scope.step(condition.step)?.status === condition.status
  return compare(condition, lane)
}

async function every(conditions: readonly Condition[], lane: Lane): Promise<boolean> {
  for (const each of conditions) if (!(await holds(each, lane))) return false
  return true
}

async function some(conditions: readonly Condition[], lane: Lane): Promise<boolean> {
  for (const each of conditions) if (await holds(each, lane)) return true
  return false
}

/** A function of Lua that returns nothing says no. */
function asBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  throw invalid(`a condition returned ${describe(value)}`, 'Return true or false.')
}

async function compare(
  { value, op, to }: Extract<Table, { op: unknown }>,
  lane: Lane,
): Promise<boolean> {
  if (op === 'exists') return found(value, lane) !== undefined
  const left = expand(value, lane.scope)
  const right = to === undefined ? null : expand(to, lane.scope)
  if (op !== 'matches') return OPERATORS[op](left, right)
  if (typeof left !== 'string' || typeof right !== 'string') throw mixed(left, right)
  return isMatch(left, right)
}

/** The value, or undefined where a template names nothing. */
function found(value: Value, lane: Lane): Value | undefined {
  try {
    return expand(value, lane.scope) ?? undefined
  } catch (error) {
    if ((error as SpellError).code === 'WORKFLOW_REFERENCE_UNKNOWN') return undefined
    throw error
  }
}

const ordered =
  (test: (order: number) => boolean) =>
  (a: Value, b: Value): boolean => {
    if (typeof a === 'number' && typeof b === 'number') return test(a - b)
    if (typeof a === 'string' && typeof b === 'string') return test(a < b ? -1 : a > b ? 1 : 0)
    throw mixed(a, b)
  }

const OPERATORS: Readonly<
  Record<Exclude<Comparison, 'exists' | 'matches'>, (a: Value, b: Value) => boolean>
> = {
  eq: (a, b) => same(a, b),
  ne: (a, b) => !same(a, b),
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  contains,
  empty: (a) => isEmpty(a),
}

/** @throws WORKFLOW_CONDITION_INVALID for a number and text: they are never the same by chance */
function same(a: Value, b: Value): boolean {
  const types = new Set([typeof a, typeof b])
  if (types.has('number') && types.has('string')) throw mixed(a, b)
  if (isRef(a, 'handle') && isRef(b, 'handle')) return a.id === b.id
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  const [one, other] = [Object.entries(a), b as Readonly<Record<string, Value>>]
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (one.length !== Object.keys(other).length) return false
  return one.every(([key, item]) => Object.hasOwn(other, key) && same(item as Value, other[key]!))
}

function contains(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (Array.isArray(a)) return a.some((item: Value) => typeof item === typeof b && same(item, b))
  if (typeof a === 'object' && a !== null && typeof b === 'string') return Object.hasOwn(a, b)
  throw mixed(a, b)
}

function isEmpty(value: Value): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function mixed(a: Value, b: Value): SpellError {
  return invalid(`${describe(a)} was compared with ${describe(b)}`, 'Compare values of one type.')
}

function invalid(what: string, hint: string): SpellError {
  return new SpellError('WORKFLOW_CONDITION_INVALID', `A condition cannot be answered: ${what}.`, {
    hint,
  })
}
