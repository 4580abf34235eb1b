import type { Schema, Value } from '@llmspell/sdk'

/**
 * The text as the first type of the schema that it can be read as, text last; as it is where there is none.
 * Where the schema takes anything, JSON is JSON and the rest is text.
 */
export function convert(schema: Schema | undefined, text: string, inList = false): Value {
  const choice = choiceOf(schema, text)
  if (choice !== undefined) return choice
  for (const type of typesOf(schema)) {
    const value = type === 'array' ? listOf(text, schema, inList) : readAs(type, text)
    if (value !== undefined) return value
  }
  return text
}

/** The types that a schema takes, `any` where it does not say; text comes last, as it takes all. */
export function typesOf(schema: Schema | undefined): readonly string[] {
  if (schema?.['enum'] || (schema && 'const' in schema)) return ['string']
  const parts = (schema?.['anyOf'] ?? schema?.['oneOf']) as readonly Schema[] | undefined
  const own = schema?.['type'] ?? parts?.flatMap((part) => typesOf(part)) ?? 'any'
  const types = [own].flat().map(String)
  return [...new Set(types.filter((type) => type !== 'string').concat(types))]
}

/** A choice, also one that is no text, such as 7 or true. */
function choiceOf(schema: Schema | undefined, text: string): Value | undefined {
  const choices = schema?.['enum'] as readonly Value[] | undefined
  return choices?.find((choice) => choice === text || JSON.stringify(choice) === text)
}

/** JSON, or one item of a list that comes item by item; a list in a list is JSON. */
function listOf(text: string, schema: Schema | undefined, inList: boolean): Value | undefined {
  const list = jsonOf(text, /^\s*\[/)
  if (list !== undefined || inList || typesOf(schema).length > 1) return list
  return [convert(schema?.['items'] as Schema | undefined, text, true)]
}

function readAs(type: string, text: string): Value | undefined {
  switch (type) {
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'object':
      return jsonOf(text, /^\s*\{/)
    case 'any':
      return jsonOf(text, /^\s*[^\s"]/)
    default:
      return text
  }
}

function jsonOf(text: string, start: RegExp): Value | undefined {
  if (!start.test(text)) return undefined
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
