import { inputInvalid } from '@llmspell/sdk'
import type { Violation } from '@llmspell/sdk'
import type { JsonInput } from './generated/input.ts'

type Name = Exclude<keyof JsonInput, 'operation'>

interface Fields {
  readonly needs: readonly Name[]
  readonly takes?: readonly Name[]
}

const FIELDS: Readonly<Record<JsonInput['operation'], Fields>> = {
  query: { needs: ['expression'] },
  pointer: { needs: ['pointer'] },
  patch: { needs: ['patch'] },
  merge: { needs: ['merge'] },
  validate: { needs: ['schema'] },
  diff: { needs: ['to'] },
  parse: { needs: ['text'] },
  format: { needs: [], takes: ['indent', 'sort_keys'] },
}

/** Every operation has fields of its own. @throws INPUT_INVALID naming all that are missing or too many */
export function checkFields(input: JsonInput): void {
  const { needs, takes = [] } = FIELDS[input.operation]
  const given = Object.keys(input).filter((key) => input[key as Name] !== undefined) as Name[]
  const known = new Set<string>(['operation', 'text', ...needs, ...takes])
  if (input.operation !== 'parse') known.add('data')
  const rows = [
    ...needs.filter((name) => !given.includes(name)).map((name) => missing(name, input)),
    ...given.filter((name) => !known.has(name)).map((name) => needless(name, input, known)),
    ...document(given, input),
  ]
  if (rows.length > 0) throw inputInvalid("Tool 'json'", rows)
}

function missing(path: string, { operation }: JsonInput): Violation {
  return { path, expected: `a value for operation '${operation}'`, found: 'nothing' }
}

function needless(path: string, { operation }: JsonInput, known: ReadonlySet<string>): Violation {
  const hint = `It takes: ${[...known].filter((name) => name !== 'operation').join(', ')}.`
  return { path, expected: `nothing for operation '${operation}'`, found: 'a value', hint }
}

function document(given: readonly Name[], { operation }: JsonInput): readonly Violation[] {
  if (operation === 'parse') return []
  const both = given.includes('data') && given.includes('text')
  if (both) return [{ path: 'text', expected: "either 'data' or 'text'", found: 'both' }]
  if (given.includes('data') || given.includes('text')) return []
  return [{ path: 'data', expected: "the document, as 'data' or 'text'", found: 'nothing' }]
}
