import {
  didYouMean,
  SpellError,
  type ExtensionRegistry,
  type ToolDescription,
  type ToolFilter,
} from '@llmspell/sdk'
import { PERMISSIONS } from '../flags.ts'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import { toolEntries, type ToolEntry } from './schema.ts'

/** The tools of the manifests that were found, in the order in which they were. Loads none. */
export function entriesOf(
  extensions: ExtensionRegistry,
  found: readonly ToolDescription[],
): readonly ToolEntry[] {
  const entries = new Map(toolEntries(extensions).map((entry) => [entry.name, entry]))
  return found.flatMap(({ name }) => entries.get(name) ?? [])
}

/** A row of a list for programs. */
export function toolRow({ name, plugin, item }: ToolEntry): object {
  return {
    name,
    description: item.description,
    category: item.category,
    tags: item.tags ?? [],
    effect: item.effect,
    permissions: item.permissions ?? {},
    streams: item.streams ?? false,
    source: plugin,
  }
}

/** By category, each tool with what it may need and its first sentence. */
export function toolTable(entries: readonly ToolEntry[], paint: Paint): string {
  if (entries.length === 0) return 'No tool fits.\n'
  const rows = entries.map((entry) => [
    `  ${entry.name}`,
    needs(entry),
    firstSentence(entry.item.description),
  ])
  const [, ...lines] = table(['', '', ''], rows, paint).trimEnd().split('\n')
  const blocks = blocksOf(lines)
  const groups = Object.entries(Object.groupBy(entries.keys(), (i) => entries[i]!.item.category))
  const parts = groups.map(([category, places = []]) =>
    [paint('bold', plain(category)), ...places.map((i) => blocks[i]!)].join('\n'),
  )
  return `${parts.join('\n\n')}\n`
}

/** The lines of each row: those that go on are indented further. */
function blocksOf(lines: readonly string[]): string[] {
  const starts = [...lines.keys()].filter((i) => /^ {2}\S/.test(lines[i]!))
  return starts.map((start, i) => lines.slice(start, starts[i + 1]).join('\n'))
}

/** What goes along with another is not said twice. */
const ALONG: readonly string[] = ['net-private', 'unjailed']

/** As much as there is room for. */
function needs({ item }: ToolEntry): string {
  const names = permissionsOf(item).filter((name) => !ALONG.includes(name))
  if (names.length === 0) return '-'
  return names.length > 2 ? `${names[0]} …` : names.join(', ')
}

const permissionsOf = (item: ToolEntry['item']): readonly string[] =>
  Object.entries(item.permissions ?? {}).flatMap(([name, scopes]) =>
    scopes.length > 0 ? [name] : [],
  )

function firstSentence(text: string): string {
  return /^.*?[.!?:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text
}

/** What the flags of a list ask for, or undefined where they ask for nothing. */
export function filterOf(given: (flag: string) => string | undefined): ToolFilter | undefined {
  const names = ['category', 'tag', 'permission', 'source', 'query'] as const
  const pairs = names.map((name) => [name, given(name)] as const)
  const set = pairs.filter(([, value]) => value !== undefined)
  return set.length > 0 ? (Object.fromEntries(set) as ToolFilter) : undefined
}

/** @throws FILTER_UNKNOWN for a category, permission or plugin that no tool has */
export function checkFilter(filter: ToolFilter | undefined, all: readonly ToolEntry[]): void {
  const known = {
    category: all.map(({ item }) => item.category),
    permission: [
      'none',
      ...PERMISSIONS,
      'net-private',
      ...all.flatMap(({ item }) => permissionsOf(item)),
    ],
    source: all.map(({ plugin }) => plugin),
  }
  for (const [name, values] of Object.entries(known)) {
    const given = filter?.[name as keyof typeof known]
    if (given !== undefined && !values.includes(given)) throw unknown(name, given, values)
  }
}

function unknown(name: string, given: string, values: readonly string[]): SpellError {
  const names = [...new Set(values)].toSorted()
  const otherwise =
    names.length < 20 ? `There are: ${names.join(', ')}.` : 'See: llmspell tool list'
  const text = `No tool has the ${name === 'source' ? 'plugin' : name} '${given}'.`
  return new SpellError('FILTER_UNKNOWN', text, { hint: didYouMean(given, names, otherwise) })
}
