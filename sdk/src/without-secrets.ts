import type { Json, JournalRecord, Stored } from './contracts/journal.ts'
import { looksLikeKey } from './key-like.ts'

const HIDDEN = '(hidden)'
const SECRET = /KEY|TOKEN|SECRET|PASS|CREDENTIAL/i

/** The record without arguments of the command line that look like secrets: the run needs them, a page does not. */
export function withoutSecrets(record: JournalRecord): JournalRecord {
  return record.kind === 'begin' ? { ...record, input: maskedInput(record.input) } : record
}

function maskedInput(stored: Stored): Stored {
  if (!('inline' in stored)) return stored
  const input = stored.inline
  if (typeof input !== 'object' || input === null || !('args' in input)) return stored
  const { args } = input as { readonly args: Json }
  if (!Array.isArray(args)) return stored
  return { inline: { ...input, args: args.map((arg, at) => masked(arg, args[at - 1])) } as Json }
}

/** `--password=x`, the word behind `--password`, and what looks like a key anywhere. */
function masked(arg: Json, before: Json | undefined): Json {
  if (typeof arg !== 'string') return arg
  const [, name, value] = /^(-{0,2}[\w.-]+)=(.+)$/s.exec(arg) ?? []
  if (name !== undefined && value !== undefined)
    return SECRET.test(name) || looksLikeKey(value) ? `${name}=${HIDDEN}` : arg
  const named = typeof before === 'string' && /^--?[\w.-]+$/.test(before) && SECRET.test(before)
  return (named && !arg.startsWith('-')) || looksLikeKey(arg) ? HIDDEN : arg
}
