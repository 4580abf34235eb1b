import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPlugin, type DefinedPlugin } from '@llmspell/sdk'
import { failure } from './codes.ts'
import { packageFiles } from './package-files.ts'
import type { PluginRecord } from './record.ts'

/** Imports entries of plugins, and counts them. */
export class Loader {
  /** Entries imported so far. */
  imports = 0

  /** The plugin that the entry exports. @throws PLUGIN_LOAD where it exports none; INTEGRITY; what the import throws */
  async load(record: PluginRecord): Promise<DefinedPlugin> {
    checkFiles(record)
    this.imports++
    const exported = await this.#exported(record)
    if (isPlugin(exported)) return exported
    const found =
      exported === undefined ? 'no default export' : `a default export without the brand`
    const text = `Plugin '${record.id}' exports no plugin: expected definePlugin({ … }) as default export of '${record.manifest.main}', found ${found}.`
    const hint = 'Write: export default definePlugin({ setup(ctx) { … } })'
    throw failure('PLUGIN_LOAD', record.id, 'load', text, { hint })
  }

  async #exported({ inline, root, manifest }: PluginRecord): Promise<unknown> {
    if (!inline) {
      const { href } = pathToFileURL(join(root as string, manifest.main))
      return ((await import(/* @vite-ignore */ href)) as { default?: unknown }).default
    }
    if (typeof inline.plugin !== 'function') return inline.plugin
    const value = await inline.plugin()
    return isPlugin(value) ? value : (value as { default?: unknown } | undefined)?.default
  }
}

/** @throws INTEGRITY where a file is not the one that was accepted */
function checkFiles({ id, root, files }: PluginRecord): void {
  if (root === undefined || files === undefined || packageFiles(root).hash === files) return
  const text = `Plugin '${id}' is not the one that was accepted: its files differ from the lock.`
  const hint = 'Verify the plugin folder, then install the plugin again.'
  throw failure('INTEGRITY', id, 'load', text, { hint })
}
