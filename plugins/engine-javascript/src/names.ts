import type { ScriptModule } from '@llmspell/sdk'

/** The JavaScript name of a described name: `base_url` → `baseUrl`. */
export function camel(name: string): string {
  return name.replaceAll(/(?<=[^_])_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** All names of a description that are written differently in JavaScript. */
export function describedNames(module: ScriptModule): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (value: unknown, named: boolean): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (named && key.includes('_')) names.add(key)
      if (key === 'name' && typeof inner === 'string' && inner.includes('_')) names.add(inner)
      visit(inner, NAMING.has(key))
    }
  }
  visit(module, false)
  return names
}

const NAMING: ReadonlySet<string> = new Set(['properties', 'functions', 'methods', 'fields'])

/** A text of the host with described names as JavaScript writes them. */
export function inJavaScript(text: string, names: ReadonlySet<string>): string {
  return text.replaceAll(/[a-z]\w*/g, (word) => (names.has(word) ? camel(word) : word))
}
