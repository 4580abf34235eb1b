import { didYouMean, SpellError } from '@llmspell/sdk'
import { ownConfigFile } from './places.ts'

// At any depth of a section: where keys are sent, what is started, guards that fail open, and prices: a low one takes
// the sense from a limit of money.
const POWER_KEYS = new Set([
  'onFailure',
  'base_url',
  'baseUrl',
  'api_key',
  'apiKey',
  'command',
  'price_in',
  'price_out',
  'price_cached',
])
// What a project may set of our own plugins; whoever adds a key decides here whether it widens anything.
/** By plugin id: the keys of its section that a file which came with a project may set. */
export const SECTION_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['artifacts', []],
  ['budgets', []],
  ['events', []],
  ['files', ['maxBytes']],
  ['hook-audit', []],
  ['hook-cache', []],
  ['hook-cost', ['enabled', 'warn_run', 'warn_day']],
  ['hook-debug', ['enabled']],
  ['hook-logging', ['enabled', 'level', 'points', 'sample']],
  ['hook-metrics', ['enabled', 'points', 'taps']],
  ['hook-rate-limit', []],
  ['hook-retry', []],
  ['hook-security', []],
  ['hooks', []],
  ['http', ['connectMs', 'headersMs', 'idleMs', 'totalMs']],
  ['isolation', []],
  ['journal', []],
  ['media', []],
  [
    'models',
    ['default', 'default_provider', 'aliases', 'providers', 'retry', 'timeouts', 'breaker'],
  ],
  ['permissions', []],
  ['plugin-store', []],
  ['provider-mock', ['delay_ms']],
  ['provider-replay', ['pace', 'volatile']],
  ['sandbox', []],
  ['script-plugins', []],
  ['secrets', ['dotenv']],
  ['state', []],
  ['store-level', []],
  ['store-sqlite', []],
  ['store-postgres', []],
  ['store-redis', []],
  ['tool-archive', []],
  ['tool-command', []],
  ['tool-image', []],
  ['tool-ocr', []],
])

/** What only flags and files of one's own say. */
export const POWERS = ['allow', 'deny', 'allow_all', 'permissions', 'grants', 'paths', 'linked']

/** @throws CONFIG_INVALID where a project's section of a plugin could run code or widen anything */
export function refuseSection(file: string, id: string, section: unknown): void {
  refusePowers(file, `plugins.${id}`, section)
  const known = SECTION_KEYS.get(id)
  const key = known && Object.keys(section as object).find((one) => !known.includes(one))
  if (key !== undefined)
    throw power(file, `plugins.${id}.${key}`, didYouMean(key, known!, ownFile()))
}

function refusePowers(file: string, path: string, section: unknown): void {
  if (typeof section !== 'object' || section === null) return
  for (const [key, value] of Object.entries(section)) {
    if (POWER_KEYS.has(key)) throw power(file, `${path}.${key}`)
    refusePowers(file, `${path}.${key}`, value)
  }
}

export function power(file: string, key: string, hint = ownFile()): SpellError {
  const text = `Config file '${file}' may not set '${key}': a file that comes with a project cannot widen what runs there.`
  const flag = POWERS.includes(key)
    ? 'Use flags: --allow-read=PATHS, --allow-net=HOSTS and so on.'
    : undefined
  return new SpellError('CONFIG_INVALID', text, { hint: flag ?? hint, details: { key } })
}

function ownFile(): string {
  const own = ownConfigFile(process.env, process.platform)
  const place = own === undefined ? '' : `${own}, or into `
  return `Put it into ${place}a file of your own that you name with --config.`
}
