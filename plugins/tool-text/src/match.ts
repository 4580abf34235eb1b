import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import { checkLength } from './errors.ts'
import { compile, matchesOf } from './pattern.ts'
import type { Match } from './pattern.ts'

const DEFAULT_LIMIT = 1000

type Found = NonNullable<TextResult['matches']>[number]

/** All places of a pattern. @throws TEXT_PATTERN, TEXT_LIMIT */
export async function match(input: TextInput): Promise<TextResult> {
  const { text, pattern = '', flags = '', limit = DEFAULT_LIMIT } = input
  const compiled = await compile(pattern, flags, text)
  const names = Object.entries(compiled.namedGroups())
  const matches: Found[] = []
  let [truncated, length] = [false, 0]
  for (const found of matchesOf(compiled, text)) {
    if (matches.length === limit) {
      truncated = true
      break
    }
    length += found.text.length + found.groups.reduce((sum, group) => sum + (group?.length ?? 0), 0)
    checkLength(length)
    matches.push(withNames(found, names))
  }
  return { matches, count: matches.length, truncated }
}

function withNames(match: Match, names: readonly (readonly [string, number])[]): Found {
  const { text, start, end, groups } = match
  const found = { text, start, end, groups: [...groups] }
  if (names.length === 0) return found
  const named = names.map(([name, number]) => [name, groups[number - 1] ?? null] as const)
  return { ...found, named: Object.fromEntries(named) }
}
