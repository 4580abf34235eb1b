import type { Kernel, PluginReport } from '@llmspell/kernel'
import { didYouMean, SpellError } from '@llmspell/sdk'

/** The plugin of that id or package name. @throws PLUGIN_NOT_FOUND with a suggestion */
export function findPlugin(kernel: Kernel, name: string): PluginReport {
  const all = kernel.list()
  const found = all.find((row) => row.id === name) ?? all.find((row) => row.package === name)
  if (found) return found
  const names = all.map((row) => row.id)
  throw new SpellError('PLUGIN_NOT_FOUND', `Plugin '${name}' is not installed.`, {
    hint: didYouMean(name, names, 'List them with: llmspell plugin list'),
  })
}
