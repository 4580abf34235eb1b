import { ABORT_PART } from './abort.ts'
import { ASYNC_PART } from './async.ts'
import { CALLS } from './calls.ts'
import { CLONE_PART } from './clone.ts'
import { ERRORS } from './errors.ts'
import { GLOBALS } from './globals.ts'
import { INSPECT } from './inspect.ts'
import { OBJECTS } from './objects.ts'
import { REPL } from './repl.ts'
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
  'names',
] as const
export type Entry = (typeof ENTRIES)[number]

const EXPORTS = /* js */ `
return {
  watch: (ticket, promise) => watch(ticket, promise),
  watchModule: (ticket, promise) => watch(ticket, promise, (module) => module.default),
  watchShown, invoke, release, settle,
  describe: (thrown, compiling) => describeText(thrown, compiling === '1'),
  raise: (record) => failure(parse(record), new Error().stack),
  wrapped: (file, by) => { wrapped.file = file; wrapped.by = +by; return '' },
  names: namesUnder,
}
`

/** Code that sets the guest up: a function of the host's functions and the configuration as JSON text. */
export const PRELUDE = `(function (host, configText) {
'use strict'
const config = JSON.parse(configText)
${[ERRORS, VALUES, CALLS, OBJECTS, INSPECT, GLOBALS, REPL].join('\n')}
${EXPORTS}
})`

const part = (source: string): string => `(function (host, kit) {\n'use strict'\n${source}\n})`

/** Code that is loaded when one of its names is first touched. */
export const PARTS: Readonly<Record<string, string>> = {
  async: part(ASYNC_PART),
  web: part(WEB_PART),
  clone: part(CLONE_PART),
  abort: part(ABORT_PART),
}
