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

/** The one filter whose result is longer than all that it is given. */
function checkGrowth(name: string, [text, find, by]: readonly unknown[]): void {
  if (name !== 'replace' || typeof text !== 'string' || typeof by !== 'string') return
  const width = typeof find === 'string' ? Math.max(1, find.length) : 1
  if ((text.length / width) * by.length > 4 * MAX_TEXT) throw exceeded()
}

function checked(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MAX_TEXT) throw exceeded()
  if (Array.isArray(value) && value.length > MAX_ITEMS) throw exceeded()
  return value
}

function exceeded(): Error {
  return new Error('result limit exceeded')
}
