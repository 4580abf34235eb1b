import { inputInvalid } from '@llmspell/sdk'
import type { Violation } from '@llmspell/sdk'
import type { CsvInput } from './generated/input.ts'

type Name = keyof CsvInput

const COMMON: readonly Name[] = ['operation', 'path', 'header', 'columns', 'delimiter', 'quote']
const TAKES: Readonly<Record<CsvInput['operation'], readonly Name[]>> = {
  read: ['text', 'encoding', 'as', 'convert', 'uneven', 'offset', 'limit'],
  write: ['rows', 'newline', 'guard', 'mode'],
}

/** Both operations have fields of their own. @throws INPUT_INVALID naming all that are missing or too many */
export function checkFields(input: CsvInput): void {
  const { operation } = input
  const given = (Object.keys(input) as Name[]).filter((name) => input[name] !== undefined)
  const known = [...COMMON, ...TAKES[operation]]
  const rows: Violation[] = given
    .filter((path) => !known.includes(path))
    .map((path) => ({ path, expected: `nothing for operation '${operation}'`, found: 'a value' }))
  const [one, needed] = operation === 'write' ? ['rows', true] : ['text', !given.includes('path')]
  if (needed && !given.includes(one as Name))
    rows.push({ path: one as string, expected: `a value for '${operation}'`, found: 'nothing' })
  if (given.includes('text') && given.includes('path'))
    rows.push({ path: 'text', expected: "either 'text' or 'path'", found: 'both' })
  if (given.includes('encoding') && !given.includes('path'))
    rows.push({ path: 'encoding', expected: "nothing without 'path'", found: 'a value' })
  if (given.includes('mode') && !given.includes('path'))
    rows.push({ path: 'mode', expected: "nothing without 'path'", found: 'a value' })
  if (rows.length > 0) throw inputInvalid("Tool 'csv'", rows)
}
