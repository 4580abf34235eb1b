import type { Schema, ToolDescription, ToolFilter, ToolItem, Value } from '@llmspell/sdk'
import type { KnownTool } from './known-tool.ts'

/** A tool as lists and models see it. Loads no plugin. */
export function describeTool({ parts }: KnownTool): ToolDescription {
  const { item, source, version, input, output } = parts
  return {
    name: item.name,
    description: item.description,
    category: item.category,
    tags: item.tags ?? [],
    version,
    source,
    input: offered(input),
    ...(output === undefined ? {} : { output }),
    permissions: item.permissions ?? {},
    effect: item.effect,
    streams: item.streams ?? false,
    ...(item.untrusted ? { untrusted: true } : {}),
    ...(item.usesTools ? { usesTools: true } : {}),
  }
}

const OFFERED = new WeakMap<Schema, Schema>()

/** The schema for whoever fills it in: a key with a default may be left out, whatever the checked input has. */
function offered(schema: Schema): Schema {
  const { required, properties = {} } = schema as {
    readonly required?: readonly string[]
    readonly properties?: Readonly<Record<string, object>>
  }
  if (!required) return schema
  const made = OFFERED.get(schema)
  if (made) return made
  const needed = required.filter((key) => !('default' in (properties[key] ?? {})))
  const { required: _, ...rest } = schema
  const shown = needed.length > 0 ? { ...rest, required: needed } : rest
  OFFERED.set(schema, shown)
  return shown
}

/** One row of a list: the description without its schemas. */
export function rowOf(tool: KnownTool): Value {
  const {
    input: _input,
    output: _output,
    untrusted: _untrusted,
    usesTools: _usesTools,
    ...row
  } = describeTool(tool)
  return row
}

/** The tools that fit every part of the filter, in their order. */
export function select(tools: readonly KnownTool[], filter: ToolFilter = {}): KnownTool[] {
  return tools.filter((tool) => fits(tool, filter))
}

/** The same, best match of the query first. */
export function ranked(tools: readonly KnownTool[], filter: ToolFilter = {}): KnownTool[] {
  const found = select(tools, filter)
  if (filter.query === undefined) return found
  const words = wordsOf(filter.query)
  return found.sort((a, b) => score(b, words) - score(a, words))
}

function fits({ parts: { item, source } }: KnownTool, filter: ToolFilter): boolean {
  const { category, tag, query, permission } = filter
  if (category !== undefined && item.category !== category) return false
  if (tag !== undefined && !item.tags?.includes(tag)) return false
  if (filter.source !== undefined && source !== filter.source) return false
  if (permission !== undefined && !mayNeed(item, permission)) return false
  return query === undefined || score({ parts: { item } }, wordsOf(query)) > 0
}

/** `none`: nothing at all. */
function mayNeed({ permissions = {} }: ToolItem, permission: string): boolean {
  const names = Object.keys(permissions).filter((name) => permissions[name]!.length > 0)
  return permission === 'none' ? names.length === 0 : names.includes(permission)
}

/** A word in the name counts most, then in tags and category, then in the description. */
function score(
  { parts: { item } }: { parts: Pick<KnownTool['parts'], 'item'> },
  words: readonly string[],
): number {
  const labels = [item.category, ...(item.tags ?? [])].join(' ').toLowerCase()
  const name = item.name.toLowerCase()
  const description = item.description.toLowerCase()
  const points = words.map((word) => {
    if (name.includes(word)) return name === word ? 9 : 5
    if (labels.includes(word)) return 3
    return description.includes(word) ? 1 : 0
  })
  return points.reduce<number>((sum, point) => sum + point, 0)
}

function wordsOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}
