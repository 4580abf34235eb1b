import type { Schema } from '@llmspell/sdk'
import type { BoundTool } from './bound-tool.ts'

const LONGEST = 400

/** The tools, those that call the others with their signatures behind the description. */
export function withSignatures(
  box: ReadonlyMap<string, BoundTool>,
): ReadonlyMap<string, BoundTool> {
  const callable = [...box.values()].filter((tool) => !tool.usesTools)
  if (callable.length === box.size) return box
  const lines = callable.map(signature)
  const list = lines.length === 0 ? 'There are no tools.' : ['Tools:', ...lines].join('\n')
  const shown = (tool: BoundTool): BoundTool =>
    tool.usesTools
      ? { ...tool, model: { ...tool.model, description: `${tool.model.description}\n${list}` } }
      : tool
  return new Map([...box].map(([name, tool]) => [name, shown(tool)]))
}

/** `Tool.file_read{ path: string, offset?: integer } -> { content, bytes }`. */
function signature({ model: { name, input }, output }: BoundTool): string {
  const called = name.replaceAll('-', '_')
  const keys = output ? Object.keys(propertiesOf(output)) : []
  const gives = keys.length === 0 ? (output ? typeText(output) : 'any') : `{ ${keys.join(', ')} }`
  const written = `Tool.${called}${record(input)} -> ${gives}`
  return written.length > LONGEST ? `${written.slice(0, LONGEST)}...` : written
}

function record(schema: Schema): string {
  const required = new Set((schema['required'] ?? []) as readonly string[])
  const fields = Object.entries(propertiesOf(schema)).map(([key, one]) => {
    const optional = !required.has(key) || 'default' in one
    return `${key}${optional ? '?' : ''}: ${typeText(one)}`
  })
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>

function typeText(schema: Schema): string {
  const { enum: words, anyOf, oneOf, items, type } = schema as Readonly<Record<string, unknown>>
  if (Array.isArray(words)) return words.map((word) => JSON.stringify(word)).join('|')
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) return unique(choices.map((one) => typeText(one as Schema)))
  if (Array.isArray(type)) return unique(type.map(String))
  if (type === 'array') return `${items ? typeText(items as Schema) : 'any'}[]`
  return typeof type === 'string' ? type : 'any'
}

const unique = (types: readonly string[]): string => [...new Set(types)].join('|')
