import { didYouMean, isRef, SpellError } from '@llmspell/sdk'
import type { CallbackRef, Value } from '@llmspell/sdk'

/** What a script plugin gives functions for. */
export const GROUPS = ['tools', 'hooks', 'commands'] as const
export type Group = (typeof GROUPS)[number]

/** Names that the header has, by group. */
export type Declared = Readonly<Record<Group, readonly string[]>>

/** Functions of a script by group and name. */
export type Functions = Readonly<Record<Group, ReadonlyMap<string, CallbackRef>>>

/**
 * The functions that a script returned, each of which stands in its header, and each of the header is there.
 * @throws SCRIPT_PLUGIN_INVALID
 */
export function functionsOf(given: Value | undefined, declared: Declared, file: string): Functions {
  if (!isTable(given)) throw invalid(file, 'a table of its functions', 'none', EXAMPLE)
  const other = Object.keys(given).find((key) => !(GROUPS as readonly string[]).includes(key))
  if (other !== undefined) {
    throw invalid(file, GROUPS.join(', '), `'${other}'`, didYouMean(other, GROUPS, EXAMPLE))
  }
  const found = GROUPS.map((group) => [group, groupOf(given[group], declared[group], group, file)])
  return Object.fromEntries(found) as Functions
}

const EXAMPLE =
  'Write return { tools = { name = function(input) end } }, in JavaScript export default { tools: { name(input) {} } }.'

function groupOf(given: Value | undefined, names: readonly string[], group: Group, file: string) {
  const table = isTable(given) ? given : {}
  const found = new Map<string, CallbackRef>()
  for (const [name, fn] of Object.entries(table)) {
    if (!names.includes(name)) throw undeclared(file, group, name, names)
    if (!isRef(fn, 'callback'))
      throw invalid(file, `a function under '${group}.${name}'`, 'none', EXAMPLE)
    found.set(name, fn)
  }
  const missing = names.find((name) => !found.has(name))
  if (missing === undefined) return found
  throw invalid(
    file,
    `a function under '${group}.${missing}', which its header names`,
    'none',
    EXAMPLE,
  )
}

function isTable(value: Value | undefined): value is { readonly [key: string]: Value | undefined } {
  if (typeof value !== 'object' || value === null) return false
  return !Array.isArray(value) && !(value instanceof Uint8Array)
}

function undeclared(
  file: string,
  group: Group,
  name: string,
  names: readonly string[],
): SpellError {
  const otherwise = `Add it to contributes.${group} of the header.`
  const found = `'${name}', which its header does not name`
  return invalid(
    file,
    `functions of its header under '${group}'`,
    found,
    didYouMean(name, names, otherwise),
  )
}

function invalid(file: string, expected: string, found: string, hint: string): SpellError {
  const text = `The script plugin '${file}' is not usable: expected ${expected}, found ${found}.`
  return new SpellError('SCRIPT_PLUGIN_INVALID', text, { hint })
}
