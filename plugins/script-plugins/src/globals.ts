import type { ExtensionRegistry, ScriptFunction, ScriptModule } from '@llmspell/sdk'
import { PLUGIN } from './plugin-module.ts'

/** What every script plugin finds beside its language: functions by module. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  Tool: ['execute', 'stream', 'get', 'exists', 'list', 'discover', 'categories'],
  JSON: ['parse', 'stringify', 'get', 'extract'],
  Log: ['trace', 'debug', 'info', 'warn', 'error'],
  Run: ['now', 'random', 'uuid', 'sleep', 'progress', 'can', 'getenv'],
  Hook: ['continue', 'modify', 'cancel', 'replace', 'retry', 'skip', 'redirect'],
}

/**
 * The script modules of a script plugin: those that are for every one, and those of the services that its header requires.
 * What registers a function in a run is left out: a script plugin has no run.
 */
export function globals(
  extensions: ExtensionRegistry,
  requires: readonly string[],
): readonly ScriptModule[] {
  const items = extensions.list('script-modules').filter(({ item }) => !item['hidden'])
  const found = items.flatMap((contribution) => {
    const names = FOUND[contribution.name]
    if (!names && !requires.includes(contribution.plugin)) return []
    const module = extensions.document(contribution as never, 'module') as ScriptModule
    return [names ? part(module, names) : module]
  })
  return [PLUGIN, ...found]
}

function part(module: ScriptModule, names: readonly string[]): ScriptModule {
  const { fields: _fields, ...rest } = module
  const kept = names
    .filter((name) => Object.hasOwn(module.functions, name))
    .map((name): [string, ScriptFunction] => [name, module.functions[name]!])
  return { ...rest, functions: Object.fromEntries(kept) }
}
