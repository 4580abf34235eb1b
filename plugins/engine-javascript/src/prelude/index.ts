import { ABORT_PART } from './abort.ts'
import { ASYNC_PART } from './async.ts'
import { CALLS } from './calls.ts'
import { CLONE_PART } from './clone.ts'
import { BASE } from './base.ts'
import { ERRORS_PART } from './errors.ts'
import { GLOBALS } from './globals.ts'
import { SHOWN_PART } from './inspect.ts'
import { KEPT_PART } from './kept.ts'
import { MODULES_PART } from './modules.ts'
import { OBJECTS_PART } from './objects.ts'
import { REPL_PART } from './repl.ts'
import { REQUIRE_PART } from './require.ts'
import { TIMERS_PART } from './timers.ts'
import { TREES_PART } from './trees.ts'
import { VALUES } from './values.ts'
import { WEB_PART } from './web.ts'

/** Name of our own code; its frames are left out of traces. */
export const OWN_FILE = '<llmspell>'

/** Guest functions that the host calls. */
export const ENTRIES = [
  'watch',
  'watchModule',
  'watchShown',
  'invoke',
  'release',
  'settle',
  'describe',
  'raise',
  'wrapped',
  'moved',
  'names',
] as const
export type Entry = (typeof ENTRIES)[number]

const KIT = /* js */ `
const stricts = new WeakSet()
const kit = {
  config, parse, stringify, define, create, freeze, keysOf, protoOf, isArray, hasOwn, PlainObject, wrapped, moved, part, raise, failure,
  describeText, textOf, inspect, refs, callbacks, encode, dataOf, ask, tell, pause, forget, begin, uncaught, stricts, lazyNames,
  get SpellError() { return part('errors').SpellError },
}
return {
  watch: (ticket, promise) => watch(ticket, promise),
  watchModule: (ticket, promise) => watch(ticket, promise, (module) => module.default),
  watchShown: (ticket, promise) => part('repl').watchShown(ticket, promise),
  invoke, release, settle,
  describe: (thrown, compiling) => describeText(thrown, compiling === '1'),
  raise: (record) => failure(parse(record), new Error().stack),
  wrapped: (file, by) => { wrapped.file = file; wrapped.by = +by; return '' },
  moved: (file, rows, from) => {
    const known = moved[file] ??= create(null)
    for (const line of keysOf(known)) if (+line >= +from) delete known[line]
    Object.assign(known, parse(rows))
    return ''
  },
  names: (path) => part('repl').namesUnder(path),
}
`

/** Comments and indentation are for readers of this file: the guest parses its part on every start. */
function lean(source: string): string {
  return source.replaceAll(/^[ \t]*\/\*\*.*\*\/\n/gm, '').replaceAll(/^[ \t]+/gm, '')
}

/** Code that sets the guest up: a function of the host's functions and the configuration as JSON text. */
export const PRELUDE = lean(`(function (host, configText) {
'use strict'
const config = JSON.parse(configText)
${[BASE, VALUES, CALLS, GLOBALS, KIT].join('\n')}
})`)

const part = (source: string): string =>
  lean(`(function (host, kit) {\n'use strict'\n${source}\n})`)

/** Code that is loaded when one of its names is first touched. */
export const PARTS: Readonly<Record<string, string>> = {
  errors: part(ERRORS_PART),
  trees: part(TREES_PART),
  timers: part(TIMERS_PART),
  require: part(REQUIRE_PART),
  modules: part(MODULES_PART),
  objects: part(OBJECTS_PART),
  shown: part(SHOWN_PART),
  repl: part(REPL_PART),
  async: part(ASYNC_PART),
  web: part(WEB_PART),
  clone: part(CLONE_PART),
  abort: part(ABORT_PART),
  kept: part(KEPT_PART),
}
