import { join, sep } from 'node:path'
import { isPlugin, type DefinedPlugin, type HostedPlugin, type PluginHost } from '@llmspell/sdk'
import { failure } from './codes.ts'
import { brandOf, foreign, kept } from './compat/brand.ts'
import { addressOf, entryOf, renewFolder } from './entry.ts'
import { checkIntegrity } from './integrity.ts'
import type { PluginRecord } from './record.ts'

/** Imports entries of plugins, and counts them. */
export class Loader {
  /** Entries imported so far. */
  imports = 0
  readonly #loaded = new Map<string, DefinedPlugin>()
  readonly #fail: (id: string, reason: unknown) => void
  readonly #trial: boolean

  /**
   * @param fail takes a plugin out of service, on the word of its host
   * @param trial true where hosts run the code at once
   */
  constructor(fail: (id: string, reason: unknown) => void = () => undefined, trial = false) {
    this.#fail = fail
    this.#trial = trial
  }

  /** The plugin that the entry exports. @throws PLUGIN_LOAD where it exports none; INTEGRITY; what the import throws */
  async load(record: PluginRecord, host?: PluginHost): Promise<DefinedPlugin> {
    const known = this.#loaded.get(record.id)
    if (known) return known
    checkIntegrity(record)
    const plugin = await this.#load(record, host)
    // What a host gives is the host's own, and gone with it.
    if (!host) this.#loaded.set(record.id, plugin)
    return plugin
  }

  /** The plugin as its files are by now; `load` gives the old one until it is told to keep another. */
  async fresh(record: PluginRecord): Promise<DefinedPlugin> {
    if (!record.inline) renewFolder(record.root as string)
    return this.#load(record)
  }

  /** What was loaded last. */
  loaded(id: string): DefinedPlugin | undefined {
    return this.#loaded.get(id)
  }

  /** What `load` gives from here on; nothing to have it import again. */
  keep(id: string, plugin: DefinedPlugin | undefined): void {
    if (plugin) this.#loaded.set(id, plugin)
    else this.#loaded.delete(id)
  }

  async #load(record: PluginRecord, host?: PluginHost): Promise<DefinedPlugin> {
    this.imports++
    const exported = host ? await host.load(this.#hosted(record)) : await this.#exported(record)
    if (isPlugin(exported)) return kept(exported, record)
    const brand = brandOf(exported)
    if (brand !== undefined) throw foreign(record, brand)
    const found =
      exported === undefined ? 'no default export' : `a default export without the brand`
    const text = `Plugin '${record.id}' exports no plugin: expected definePlugin({ … }) as default export of '${record.manifest.main}', found ${found}.`
    const hint = 'Write: export default definePlugin({ setup(ctx) { … } })'
    throw failure('PLUGIN_LOAD', record.id, 'load', text, { hint })
  }

  /** The plan has seen to it that it is one of files. */
  #hosted(record: PluginRecord): HostedPlugin {
    const { id, version, root = '', manifest } = record
    const place = { root, main: join(root, manifest.main), ...projectOf(record) }
    const verify = (): void => checkIntegrity(record)
    return {
      id,
      version,
      ...place,
      manifest,
      verify,
      fail: (reason) => this.#fail(id, reason),
      trial: this.#trial,
    }
  }

  async #exported(record: PluginRecord): Promise<unknown> {
    const { inline } = record
    if (!inline) {
      const href = addressOf(entryOf(record))
      return ((await import(/* @vite-ignore */ href)) as { default?: unknown }).default
    }
    if (typeof inline.plugin !== 'function') return inline.plugin
    const value = await inline.plugin()
    return isPlugin(value) ? value : (value as { default?: unknown } | undefined)?.default
  }
}

function projectOf({ source, root = '' }: PluginRecord): { readonly project?: string } {
  if (source !== 'folder') return {}
  const at = root.lastIndexOf(`${sep}node_modules${sep}`)
  return { project: at < 0 ? root : root.slice(0, at) }
}
