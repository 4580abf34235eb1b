import { SpellError } from '@llmspell/sdk'
import type { ExtensionRegistry, ScriptFunction, ScriptModule } from '@llmspell/sdk'

/** What a program finds beside its language: functions by module. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  Tool: ['execute'],
  JSON: ['parse', 'stringify', 'get', 'extract'],
  Run: ['now'],
}

/** The script modules of a program: those of scripts without all that is not for it. */
export function globals(extensions: ExtensionRegistry): readonly ScriptModule[] {
  return Object.entries(FOUND).map(([name, functions]) =>
    part(moduleOf(extensions, name), functions),
  )
}

function moduleOf(extensions: ExtensionRegistry, name: string): ScriptModule {
  const found = extensions.find('script-modules', name)
  if (found) return extensions.document(found, 'module') as ScriptModule
  throw new SpellError('NOT_AVAILABLE', `The script module '${name}' is not installed.`, {
    hint: 'Run llmspell doctor.',
  })
}

function part(module: ScriptModule, names: readonly string[]): ScriptModule {
  const { handles: _handles, fields: _fields, ...rest } = module
  const kept = names.map((name): [string, ScriptFunction] => [name, module.functions[name]!])
  return { ...rest, functions: Object.fromEntries(kept) }
}
