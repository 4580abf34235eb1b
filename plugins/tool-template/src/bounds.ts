import type { Liquid } from 'liquidjs'

/** Characters of a text and elements of a list between two filters. */
const MAX_TEXT = 1024 * 1024
const MAX_ITEMS = 100_000

type Filter = (this: unknown, ...args: unknown[]) => unknown

/**
 * What a filter gives has a limit of its own: the limit of liquidjs counts what a filter is given, so that
 * few filters in a row could fill the heap before it is asked.
 */
export function boundFilters(engine: Liquid): void {
  for (const [name, filter] of Object.entries(engine.filters)) {
    if (typeof filter !== 'function') continue
    engine.registerFilter(name, function (this: unknown, ...args: unknown[]) {
      checkGrowth(name, args)
      return checked((filter as Filter).apply(this, args))
    })
  }
}

/**
 * The filters whose result is longer than all that they are given. One allocation beyond the heap would end the
 * whole process and not only the thread, so that it must never be begun.
 */
function checkGrowth(name: string, [value, first, second]: readonly unknown[]): void {
  if (name === 'replace') {
    const times = lengthOf(value) / Math.max(1, lengthOf(first)) + 1
    if (times * lengthOf(second) > 4 * MAX_TEXT) throw exceeded()
  }
  if ((name === 'join' || name === 'array_to_sentence_string') && Array.isArray(value)) {
    const items = (value as readonly unknown[]).reduce<number>((sum, it) => sum + lengthOf(it), 0)
    if (items + value.length * lengthOf(first) > 4 * MAX_TEXT) throw exceeded()
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

function checked(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MAX_TEXT) throw exceeded()
  if (Array.isArray(value) && value.length > MAX_ITEMS) throw exceeded()
  return value
}

function exceeded(): Error {
  return new Error('result limit exceeded')
}
