import { SpellError, violations, type PolicyFile, type Violation } from '@llmspell/sdk'
import { parse, TomlError } from 'smol-toml'
import type { PolicyTables } from '../generated/policy.ts'
import { validate } from '../generated/policy.validate.js'
import { linesOf, type Lines } from './lines.ts'

export type Scope = PolicyFile['scope']

/** A policy file as it was read, with the places of its rules. */
export interface Parsed {
  readonly label: string
  readonly scope: Scope
  readonly tables: PolicyTables
  readonly lines: Lines
}

/** What a file of each scope may hold. */
const TABLES: Readonly<Record<Scope, readonly string[]>> = {
  system: ['deny', 'cap'],
  user: ['allow', 'deny', 'cap', 'projects'],
  project: ['allow', 'deny', 'cap'],
}

/**
 * Reads a policy. Nothing in it is passed over.
 * @throws POLICY_INVALID with the line, and for an unknown key a suggestion
 */
export function parsePolicy(text: string, label: string, scope: Scope): Parsed {
  const tables = toml(text, label)
  const lines = linesOf(text)
  if (!validate(tables)) throw wrong(violations(validate.errors ?? [])[0]!, label, lines)
  const foreign = Object.keys(tables).find((key) => !TABLES[scope].includes(key))
  if (foreign !== undefined) throw misplaced(foreign, label, scope, lines)
  return { label, scope, tables: tables as PolicyTables, lines }
}

function toml(text: string, label: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
    const { line, column } = error
    throw new SpellError('POLICY_INVALID', `Policy file '${label}' is no TOML: ${reason}.`, {
      hint: `Correct line ${line}.`,
      where: { file: label, line, column },
    })
  }
}

function wrong(row: Violation, label: string, lines: Lines): SpellError {
  const line = lineOf(row.path, lines)
  const hint = row.hint ?? `Correct line ${line}.`
  const text = `Policy file '${label}' is wrong at line ${line}: '${row.path}': expected ${row.expected}, found ${row.found}.`
  return new SpellError('POLICY_INVALID', text, { hint, where: { file: label, line } })
}

/** `projects[1].allow.raed[0]` is a key of the second of the tables. */
function lineOf(path: string, lines: Lines): number {
  const nth = /^projects\[(\d+)\]/.exec(path)?.[1]
  const key = path.replace(/^projects\[\d+\]/, 'projects').replace(/\[\d+\]$/, '')
  return lines.ofKey(key, nth === undefined ? undefined : Number(nth))
}

function misplaced(key: string, label: string, scope: Scope, lines: Lines): SpellError {
  const line = lines.ofKey(key)
  const may = TABLES[scope].map((name) => `[${name}]`).join(', ')
  const text = `Policy file '${label}' may not hold '${key}', at line ${line}: the file of the ${scope} has ${may}.`
  return new SpellError('POLICY_INVALID', text, {
    hint: 'Put it into the file of the user, or take it away.',
    where: { file: label, line },
  })
}
