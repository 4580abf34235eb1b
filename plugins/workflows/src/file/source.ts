import type * as yaml from 'yaml'
import type { Value } from '@llmspell/sdk'
import type { Problem } from '../check/index.ts'
import { refusal } from './guard.ts'
import { jsonProblem } from './json.ts'
import { Places, type Place } from './places.ts'
import { keysTwice } from './twice.ts'

/** One call to the host carries no more. */
const MOST_BYTES = 1024 * 1024
const MOST_ALIASES = 100
const MOST_SYNTAX = 20

/** A text as data, with the places that its values stand at. */
export interface Source {
  readonly value: Value | undefined
  readonly problems: readonly (Problem & Partial<Place>)[]
  readonly places?: Places
}

/** Reads YAML 1.2 (core schema, no tags) or JSON. What is wrong with the text comes as problems. */
export function readSource(text: string, file: string, library: typeof yaml): Source {
  if (text.length > MOST_BYTES)
    return failed(`The file is larger than ${MOST_BYTES} bytes.`, 'size')
  const strict = file.toLowerCase().endsWith('.json') ? jsonProblem(text) : undefined
  if (strict) return { value: undefined, problems: [strict] }
  try {
    return read(text, library)
  } catch (error) {
    if (error instanceof RangeError) return failed('The file is nested too deeply.', 'size')
    throw error
  }
}

function read(text: string, library: typeof yaml): Source {
  const refused = refusal(text, new library.Lexer())
  if (refused) return { value: undefined, problems: [refused] }
  const lines = new library.LineCounter()
  const document = library.parseDocument(text, { ...OPTIONS, lineCounter: lines })
  const problems = problemsOf(document, text, lines, library)
  if (problems.length > 0) return { value: undefined, problems }
  if (!library.isNode(document.contents)) return failed('The file is empty.', 'missing')
  const places = new Places(document, lines)
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) as Value, problems, places }
  } catch (error) {
    // The library has no class of its own for it.
    if (error instanceof ReferenceError) return failed(`${error.message}.`, aliasKind(error))
    throw error
  }
}

const aliasKind = ({ message }: ReferenceError): Problem['kind'] =>
  message.startsWith('Excessive') ? 'size' : 'syntax'

const OPTIONS = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  stringKeys: true,
  // Compares each key with each; `keysTwice` does not.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const

function problemsOf(
  document: yaml.Document.Parsed,
  text: string,
  lines: yaml.LineCounter,
  library: typeof yaml,
): readonly (Problem & Partial<Place>)[] {
  const found = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX)
  if (found.length > 0) {
    return found.map(({ message, pos: [at] }) => syntax(message, at, text, lines))
  }
  return keysTwice(document, library)
    .slice(0, MOST_SYNTAX)
    .map(({ problem, at }) => {
      const { line, col } = lines.linePos(at)
      return { ...problem, line, column: col }
    })
}

function syntax(
  message: string,
  at: number,
  text: string,
  lines: yaml.LineCounter,
): Problem & Partial<Place> {
  const { line, col } = lines.linePos(at)
  const row = text.split('\n', line)[line - 1] ?? ''
  const hint = /:\s*\{\{|-\s+\{\{/.test(row)
    ? 'Put the template in quotes: "{{input.x}}".'
    : undefined
  return {
    path: '',
    kind: 'syntax',
    message: `${message.split('\n')[0]!.replace(/\.$/, '')}.`,
    ...(hint ? { hint } : {}),
    line,
    column: col,
  }
}

function failed(message: string, kind: Problem['kind']): Source {
  return { value: undefined, problems: [{ path: '', kind, message }] }
}
