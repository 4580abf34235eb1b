import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KernelOptions, PluginSource, ProfileChoice } from '@llmspell/kernel'
import type { RuntimeConfig, RuntimeOptions, Stores } from './options.ts'
import { ALWAYS, PROFILES } from './profiles.ts'
import { SILENT } from './silent.ts'

type Sections = Record<string, Readonly<Record<string, unknown>>>

const OWN = fileURLToPath(new URL('../package.json', import.meta.url))

/** What a runtime asks of its kernel: no file but the packages, unless the options name one. */
export function kernelOptions(options: RuntimeOptions): KernelOptions {
  const { plugins = [], from = process.cwd(), folder, config = {}, logger = SILENT } = options
  const sections = sectionsOf(options)
  const disabled = [...(config.disabled ?? []), ...(sections['artifacts'] ? [] : ['artifacts'])]
  return {
    plugins: plugins.map((source) => placed(source, from)),
    from,
    packages: { file: OWN },
    ...(options.hosted ? { hosted: options.hosted } : {}),
    ...(folder === undefined ? {} : { folder: resolve(from, folder) }),
    profile: profileOf(options),
    disabled: [...new Set(disabled)],
    config: { plugins: sections, ...(config.prefer ? { prefer: config.prefer } : {}) },
    logger,
  }
}

/** A path as the kernel wants it; a name stays a name. */
function placed(source: PluginSource, from: string): PluginSource {
  const isPath = typeof source === 'string' && /^\.{1,2}[\\/]/.test(source)
  return isPath ? join(from, source) : source
}

function profileOf({ profile = 'full', stores = 'memory' }: RuntimeOptions): ProfileChoice {
  const named = typeof profile === 'string' ? PROFILES[profile] : [...profile, ...ALWAYS]
  if (named === undefined) return 'full'
  const kinds = typeof stores === 'string' ? [] : Object.keys(stores).map((kind) => `store-${kind}`)
  return { include: [...named, ...kinds], sources: ['host', 'folder'] }
}

/** The sections of the host, over what keeps a runtime off the disk. */
function sectionsOf({ config = {}, stores, root }: RuntimeOptions): Sections {
  const given = (config.plugins ?? {}) as Sections
  const own: Sections = { secrets: { dotenv: false }, ...storeSections(stores, root) }
  const filled = Object.entries(own).map(([id, section]) => [id, { ...section, ...given[id] }])
  return { ...given, ...(Object.fromEntries(filled) as Sections) }
}

function storeSections(stores: Stores = 'memory', root = process.cwd()): Sections {
  if (typeof stores === 'string') return { state: { store: stores } }
  const [[kind, place]] = Object.entries(stores) as [[string, string | object]]
  if (typeof place !== 'string') return { state: { store: kind }, [`store-${kind}`]: { ...place } }
  return { state: { store: kind, folder: isAbsolute(place) ? place : resolve(root, place) } }
}

/** Run-wide choices that the config makes. */
export function settingsOf({ config = {}, settings }: RuntimeOptions): RuntimeOptions['settings'] {
  const { model }: RuntimeConfig = config
  return { ...(model === undefined ? {} : { model }), ...settings }
}
