import { inputInvalid } from '@llmspell/sdk'
import type { Violation } from '@llmspell/sdk'
import type { TextInput } from './generated/input.ts'

type Name = Exclude<keyof TextInput, 'operation' | 'text'>

interface Fields {
  readonly needs?: readonly Name[]
  readonly takes?: readonly Name[]
}

const SPLITS: Readonly<Record<NonNullable<TextInput['by']>, Fields>> = {
  text: { needs: ['separator'], takes: ['by'] },
  regex: { needs: ['pattern'], takes: ['by', 'flags'] },
  lines: { takes: ['by'] },
  words: { takes: ['by'] },
  characters: { takes: ['by', 'size', 'overlap'] },
  tokens: { needs: ['size'], takes: ['by', 'overlap', 'encoding'] },
}

const FIELDS: Readonly<Record<Exclude<TextInput['operation'], 'split' | 'replace'>, Fields>> = {
  match: { needs: ['pattern'], takes: ['flags', 'limit'] },
  fill: { needs: ['values'] },
  case: { needs: ['style'] },
  trim: { takes: ['side', 'characters'] },
  pad: { needs: ['size'], takes: ['with', 'side'] },
  truncate: { needs: ['size'], takes: ['ending'] },
  count: { takes: ['encoding'] },
  diff: { needs: ['to'], takes: ['context'] },
}

/** Every operation has fields of its own. @throws INPUT_INVALID naming all that are missing or too many */
export function checkFields(input: TextInput): void {
  const { needs = [], takes = [] } = fieldsOf(input)
  const given = Object.keys(input).filter((key) => key !== 'operation' && key !== 'text') as Name[]
  const known = [...needs, ...takes]
  const what = `operation '${input.operation}'${input.by === undefined ? '' : ` by '${input.by}'`}`
  const rows: Violation[] = [
    ...needs
      .filter((path) => !given.includes(path))
      .map((path) => ({ path, expected: `a value for ${what}`, found: 'nothing' })),
    ...given
      .filter((path) => input[path] !== undefined && !known.includes(path))
      .map((path) => ({ path, expected: `nothing for ${what}`, found: 'a value' })),
    ...overlapping(input),
  ]
  if (rows.length > 0) throw inputInvalid("Tool 'text'", rows)
}

function fieldsOf({ operation, by, find }: TextInput): Fields {
  if (operation === 'split') return SPLITS[by ?? 'lines']
  if (operation !== 'replace') return FIELDS[operation]
  if (find !== undefined) return { needs: ['find', 'with'], takes: ['limit'] }
  return { needs: ['pattern', 'with'], takes: ['flags', 'limit'] }
}

function overlapping({ overlap = 0, size = 1 }: TextInput): readonly Violation[] {
  if (overlap < size) return []
  return [{ path: 'overlap', expected: `less than size, which is ${size}`, found: String(overlap) }]
}
