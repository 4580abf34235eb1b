import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Logger, PermissionSet, RunLimits, Value } from '@llmspell/sdk'
import type { PluginSource } from '@llmspell/kernel'
import { PROFILES, type ProfileName } from './profiles.ts'

/** What a config file of the command line says, as an object. */
export interface RuntimeConfig {
  /** Of agents that name none. */
  readonly model?: string
  /** Of scripts without a file name; default `lua`. */
  readonly engine?: string
  /** Sections by plugin id. */
  readonly plugins?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Which plugin wins a name that two have. */
  readonly prefer?: Readonly<Record<string, string>>
  /** Ids of plugins that are not used. */
  readonly disabled?: readonly string[]
}

/** `memory`, or one kind of store with its folder, or with the section of its plugin. */
export type Stores = 'memory' | Readonly<Record<string, string | Readonly<Record<string, unknown>>>>

/** Options of `createRuntime`; all may be left out. */
export interface RuntimeOptions {
  /** Beside those of the profile: packages, folders and files (`./…`, from `from`), or objects. */
  readonly plugins?: readonly PluginSource[]
  /** Folder that the names and paths of `plugins` are searched from; default the working folder. */
  readonly from?: string
  /** Folder of plugins that were installed with `llmspell plugin install`; default none. */
  readonly folder?: string
  /** Plugins that another one runs, by id: `{ 'their-tool': 'process' }`. The rest of `plugins` runs in this process. */
  readonly hosted?: Readonly<Record<string, string>>
  readonly config?: RuntimeConfig
  /** Which of the plugins that come with this package are used: `full` by default, a name, or ids. */
  readonly profile?: ProfileName | readonly string[]
  /** Where state, runs and sessions are kept; default `memory`. */
  readonly stores?: Stores
  /** Default: nothing is written anywhere. */
  readonly logger?: Logger
  /** The most that any call may be granted. */
  readonly allow?: PermissionSet
  /** Refused to every call. */
  readonly deny?: PermissionSet
  /** Limits of calls that name none. */
  readonly limits?: RunLimits
  /** Folder that relative paths of scripts start from; default the working folder. */
  readonly root?: string
  /** Run-wide choices of every call, such as `model`. */
  readonly settings?: Readonly<Record<string, Value>>
}

const OPTIONS: Readonly<Record<keyof RuntimeOptions, true>> = {
  plugins: true,
  from: true,
  folder: true,
  hosted: true,
  config: true,
  profile: true,
  stores: true,
  logger: true,
  allow: true,
  deny: true,
  limits: true,
  root: true,
  settings: true,
}
const CONFIG: Readonly<Record<keyof RuntimeConfig, true>> = {
  model: true,
  engine: true,
  plugins: true,
  prefer: true,
  disabled: true,
}
export const LIMITS: Readonly<Record<keyof RunLimits, true>> = {
  timeMs: true,
  memoryBytes: true,
  calls: true,
  outputBytes: true,
  tokens: true,
  cost: true,
}

/** Refuses what a runtime does not know. @throws CONFIG_INVALID with a suggestion */
export function checkOptions(options: RuntimeOptions): void {
  refuse('the options of createRuntime', options, Object.keys(OPTIONS))
  refuse("'config' of createRuntime", options.config, Object.keys(CONFIG))
  refuse("'limits' of createRuntime", options.limits, Object.keys(LIMITS))
  checkProfile(options.profile)
  checkStores(options.stores)
}

/** @throws CONFIG_INVALID for the first key that is not known */
export function refuse(
  place: string,
  given: object | undefined,
  known: readonly string[],
  code = 'CONFIG_INVALID',
): void {
  const unknown = Object.keys(given ?? {}).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const message = `The key '${unknown}' is not known in ${place}.`
  const otherwise = `Known keys: ${known.join(', ')}.`
  throw new SpellError(code, message, { hint: didYouMean(unknown, known, otherwise) })
}

function checkProfile(profile: RuntimeOptions['profile']): void {
  if (profile === undefined || typeof profile !== 'string' || profile in PROFILES) return
  const known = Object.keys(PROFILES)
  const otherwise = `Profiles: ${known.join(', ')}; or give a list of ids.`
  throw new SpellError('CONFIG_INVALID', `The profile '${String(profile)}' is not known.`, {
    hint: didYouMean(String(profile), known, otherwise),
  })
}

function checkStores(stores: Stores = 'memory'): void {
  const kinds = typeof stores === 'string' ? [stores] : Object.keys(stores)
  if (kinds.length === 1 && (typeof stores === 'object' || stores === 'memory')) return
  const found = kinds.length === 1 ? `'${kinds[0]}'` : `${kinds.length} kinds`
  const message = `The option 'stores' expects 'memory' or one kind of store, found ${found}.`
  throw new SpellError('CONFIG_INVALID', message, { hint: "Write it as { level: '/data/state' }." })
}
