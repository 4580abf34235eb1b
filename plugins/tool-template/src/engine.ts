import type { Liquid } from 'liquidjs'
import { boundFilters } from './bounds.ts'

export interface Options {
  readonly escape: 'none' | 'html'
  readonly strictVariables: boolean
  readonly strictFilters: boolean
}

/** Characters that may be parsed, ms of rendering, and units of liquidjs that may be allocated. */
const LIMITS = { parseLimit: 1_000_000, renderLimit: 1500, memoryLimit: 2_000_000 }
const FILES = ['include', 'render', 'layout', 'block']
const DATES = [
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
]

/** A Liquid that has no files, no clock, no randomness, and sees own members only. */
export async function engineOf({ escape, strictVariables, strictFilters }: Options) {
  const { Liquid: Engine } = await import('liquidjs')
  const engine = new Engine({
    ...LIMITS,
    strictVariables,
    strictFilters,
    lenientIf: true,
    ownPropertyOnly: true,
    // Templates by name: there are none.
    templates: {},
    timezoneOffset: 0,
    locale: 'en-US',
    ...(escape === 'html' ? { outputEscape: 'escape' as const } : {}),
  })
  boundFilters(engine)
  for (const name of FILES) refuseTag(engine, name)
  refuseFilter(engine, 'sample', 'it would differ from call to call')
  for (const name of DATES) refuseNow(engine, name)
  return engine
}

function refuseTag(engine: Liquid, name: string): void {
  const refuse = (): never => {
    throw new Error(`the tag '${name}' does not exist here: a template reads no other files`)
  }
  engine.registerTag(name, { parse: refuse, render: refuse })
}

function refuseFilter(engine: Liquid, name: string, why: string): void {
  engine.registerFilter(name, () => {
    throw new Error(`the filter '${name}' does not exist here: ${why}`)
  })
}

type Filter = (this: unknown, ...args: unknown[]) => unknown

function refuseNow(engine: Liquid, name: string): void {
  const filter = engine.filters[name] as Filter
  engine.registerFilter(name, function (this: unknown, value: unknown, ...args: unknown[]) {
    if (value === 'now' || value === 'today')
      throw new Error(`the filter '${name}' has no clock: give the time among the values`)
    return filter.call(this, value, ...args)
  })
}
