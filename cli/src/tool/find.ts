import { didYouMean, SpellError, type ExtensionRegistry } from '@llmspell/sdk'
import { toolEntries, type ToolEntry } from './schema.ts'

/** The tool of that name, also as scripts write it: `file_read` and `fileRead` are `file-read`. @throws TOOL_NOT_FOUND with a suggestion */
export function findTool(extensions: ExtensionRegistry, name: string): ToolEntry {
  const all = toolEntries(extensions)
  const found =
    all.find((entry) => entry.name === name) ?? all.find((entry) => entry.name === kebab(name))
  if (found) return found
  const names = all.map((entry) => entry.name)
  throw new SpellError('TOOL_NOT_FOUND', `Tool '${name}' is not registered.`, {
    hint: didYouMean(name, names, 'List them with: llmspell tool list'),
  })
}

function kebab(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}
