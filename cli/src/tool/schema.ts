import { typesOf } from './convert.ts'
import type { Contribution, ExtensionRegistry, Schema, ToolItem } from '@llmspell/sdk'

/** A tool as the manifests have it. */
export type ToolEntry = Contribution<ToolItem & Readonly<Record<string, unknown>>>

/** One parameter of a tool. */
export interface Parameter {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
}

/** The tools of all plugins, by name. Loads none. */
export function toolEntries(extensions: ExtensionRegistry): readonly ToolEntry[] {
  const found = extensions.list<ToolItem & Readonly<Record<string, unknown>>>('tools')
  return [...found].sort((a, b) => a.name.localeCompare(b.name))
}

/** The schema of a tool's input. */
export function inputSchema(extensions: ExtensionRegistry, entry: ToolEntry): Schema {
  return extensions.document(entry, 'input') as Schema
}

/** The parameters that a schema names, the required ones first. */
export function parameters(schema: Schema): readonly Parameter[] {
  const required = new Set((schema['required'] as readonly string[] | undefined) ?? [])
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const all = Object.entries(properties).map(([name, own]) => ({
    name,
    schema: resolved(own, schema),
    // A default fills a required place: nobody has to write it.
    required: required.has(name) && !('default' in own),
  }))
  return all.sort((a, b) => Number(b.required) - Number(a.required))
}

/** A schema behind `#/$defs/…`, with what stands beside the reference. */
function resolved(own: Schema, root: Schema): Schema {
  const path = own['$ref']
  if (typeof path !== 'string' || !path.startsWith('#/')) return own
  const keys = path.slice(2).split('/')
  const target = keys.reduce<unknown>((at, key) => (at as Schema | undefined)?.[key], root)
  return { ...(target as Schema | undefined), ...own }
}

/** `text`, `integer`, `array of text`, `"a" | "b"`. */
export function typeText(schema: Schema): string {
  const choices = schema['enum'] as readonly unknown[] | undefined
  if (choices) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema['const'])
  const items = schema['items'] as Schema | undefined
  return typesOf(schema)
    .map((name) => typeName(name, items))
    .join(' or ')
}

function typeName(name: string, items: Schema | undefined): string {
  if (name === 'array' && items) return `array of ${typeText(items)}`
  return name === 'string' ? 'text' : name
}
