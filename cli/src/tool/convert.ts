import type { Schema, Value } from '@llmspell/sdk'

/** The text as the first type of the schema that it can be read as; as it is where there is none. */
export function convert(schema: Schema | undefined, text: string): Value {
  for (const type of [schema?.['type'] ?? 'string'].flat().map(String)) {
    const value = readAs(type, text, schema)
    if (value !== undefined) return value
  }
  return text
}

function readAs(type: string, text: string, schema: Schema | undefined): Value | undefined {
  switch (type) {
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'array':
      return jsonOf(text, '[') ?? listOf(text, schema?.['items'] as Schema | undefined)
    case 'object':
      return jsonOf(text, '{')
    default:
      return text
  }
}

function listOf(text: string, items: Schema | undefined): Value {
  return text === '' ? [] : text.split(',').map((item) => convert(items, item.trim()))
}

function jsonOf(text: string, start: string): Value | undefined {
  if (!text.trimStart().startsWith(start)) return undefined
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
