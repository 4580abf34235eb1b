import {
  didYouMean,
  SpellError,
  type DefinedPlugin,
  type Logger,
  type Manifest,
} from '@llmspell/sdk'
import type { Source } from './record.ts'

/** A plugin handed over as an object: for tests, and for hosts with plugins of their own. */
export interface InlinePlugin {
  readonly manifest: Manifest
  /** The plugin, or a function that imports it when it is needed. */
  readonly plugin: DefinedPlugin<never> | (() => Promise<unknown>)
  /** Folder that the manifest's `./paths` start from. */
  readonly root?: string
  readonly version?: string
}

/**
 * Folder or single file (absolute, `./` from `from`, or a file URL), package name (found from `from`), or an object.
 */
export type PluginSource = string | URL | InlinePlugin

/** Milliseconds that one piece of plugin code may take. */
export interface Limits {
  /** Import of the entry; default 10,000. */
  readonly load: number
  /** `setup`; default 10,000. */
  readonly setup: number
  /** One tap without a timeout of its own; default 5,000. */
  readonly tap: number
  /** One step of a disposal; default 5,000. */
  readonly dispose: number
}

/** What the user's config says to the kernel. */
export interface KernelConfig {
  /** Sections by plugin id. Beside the plugin's own keys each may have `onFailure: 'ignore'`. */
  readonly plugins?: Readonly<Record<string, unknown>>
  /** Which plugin wins a name that two have: `{ 'state': 'state-file', 'points/name': 'plugin' }`. */
  readonly prefer?: Readonly<Record<string, string>>
}

/** Which plugins are used: the name of a profile, or ids. What they require comes along. */
export type ProfileChoice =
  | string
  | {
      readonly include: readonly string[]
      /** Plugins that were found there are used too, whatever their ids. */
      readonly sources?: readonly Source[]
    }

/** Options of `createKernel`. Only what they name is searched for plugins. */
export interface KernelOptions {
  readonly plugins?: readonly PluginSource[]
  /** Folder where names and relative paths in `plugins` start from; default the working folder. */
  readonly from?: string
  /** A package.json: the plugins among its dependencies are used. */
  readonly packages?: { readonly file: string }
  /** The user's plugin folder: an npm project whose dependencies are plugins. It may be absent. */
  readonly folder?: string
  /** Folders of plugins under development. */
  readonly linked?: readonly string[]
  /** The lock file; default `plugins.lock.json` in `folder`. */
  readonly lock?: string
  /**
   * Keeps the manifests of `packages` between starts in a file of this folder, which has to be the user's own; each is
   * read again once `program`, the host's code, has changed. Without it each is read at every start.
   */
  readonly index?: { readonly folder: string; readonly program: string }
  /** True where every package.json is to be read, whatever an index says. */
  readonly reread?: boolean
  /** True where plugins are started only to see whether they can be: a host runs their code at once. */
  readonly trial?: boolean
  /** Default `full`: everything that was found. */
  readonly profile?: ProfileChoice
  /** Profiles of the host by name: ids of plugins. */
  readonly profiles?: Readonly<Record<string, readonly string[]>>
  /** Ids of plugins that are not used. */
  readonly disabled?: readonly string[]
  /** Id of a plugin to the host that runs its code, whatever the lock says. */
  readonly hosted?: Readonly<Record<string, string>>
  /** Ids of plugins, or names of services, without which `start()` throws. */
  readonly required?: readonly string[]
  readonly config?: KernelConfig
  /** By point, words that the host keeps for itself: no plugin may have them as a name, nor as the first word of one. */
  readonly reserved?: Readonly<Record<string, readonly string[]>>
  /** Unstable API names that plugins may use. */
  readonly proposed?: readonly string[]
  /** Default: warnings and errors as lines on stderr. */
  readonly logger?: Logger
  readonly limits?: Partial<Limits>
}

const OPTIONS: readonly (keyof KernelOptions)[] = [
  'plugins',
  'from',
  'packages',
  'folder',
  'linked',
  'lock',
  'index',
  'reread',
  'trial',
  'profile',
  'profiles',
  'disabled',
  'hosted',
  'required',
  'reserved',
  'config',
  'proposed',
  'logger',
  'limits',
]
const CONFIG: readonly (keyof KernelConfig)[] = ['plugins', 'prefer']
const LIMITS: Limits = { load: 10_000, setup: 10_000, tap: 5_000, dispose: 5_000 }

/** Refuses what the kernel does not know. @throws CONFIG_INVALID with a suggestion */
export function checkOptions(options: KernelOptions): void {
  refuseUnknown('options', options, OPTIONS)
  refuseUnknown('options.config', options.config, CONFIG)
  refuseUnknown('options.limits', options.limits, Object.keys(LIMITS))
  checkProfile(options)
}

/** The limits with defaults filled in. */
export function limitsOf(options: KernelOptions): Limits {
  return { ...LIMITS, ...options.limits }
}

function refuseUnknown(place: string, given: object | undefined, known: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const message = `The kernel got the unknown key '${unknown}' in ${place}.`
  const otherwise = `Known keys: ${known.join(', ')}.`
  throw new SpellError('CONFIG_INVALID', message, { hint: didYouMean(unknown, known, otherwise) })
}

function checkProfile({ profile, profiles = {} }: KernelOptions): void {
  const known = ['full', ...Object.keys(profiles)]
  if (profile === undefined || typeof profile !== 'string' || known.includes(profile)) return
  throw new SpellError('CONFIG_INVALID', `The profile '${profile}' is not known.`, {
    hint: didYouMean(profile, known, `Known profiles: ${known.join(', ')}.`),
  })
}
