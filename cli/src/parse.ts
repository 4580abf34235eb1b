import { didYouMean, nearest, SpellError } from '@llmspell/sdk'
import type { CommandSpec, FlagSpec } from './flags.ts'

type FlagValue = true | string | readonly string[]

/** A command line, read by its spec. Values are still text. */
export interface Parsed {
  readonly flags: Readonly<Record<string, FlagValue>>
  readonly args: readonly string[]
  /** What goes on to the script or tool. */
  readonly rest: readonly string[]
}

interface State {
  readonly spec: CommandSpec
  readonly todo: string[]
  readonly flags: Record<string, FlagValue>
  readonly words: string[]
}

/**
 * Reads a command line. Both doors use it: oclif's own parser puts equal arguments side by side,
 * so a script would get `a b a` as `a a b`.
 *
 * Behind the arguments of a command with a rest, flags of the command still count; others belong to
 * the rest unless they look like a slip. All behind `--` belongs to the rest.
 *
 * @throws FLAG_UNKNOWN, FLAG_INVALID, ARGUMENT_MISSING, ARGUMENT_UNEXPECTED
 */
export function parse(spec: CommandSpec, argv: readonly string[]): Parsed {
  const state: State = { spec, todo: [...argv], flags: {}, words: [] }
  while (state.todo.length > 0) step(state, state.todo.shift()!)
  return { flags: state.flags, ...split(state) }
}

function step(state: State, word: string): void {
  if (word === '--') {
    state.words.push(...state.todo.splice(0))
    return
  }
  if (!word.startsWith('-') || word === '-' || !takeFlag(state, word)) state.words.push(word)
}

function takeFlag(state: State, word: string): boolean {
  const [name, inline] = cut(word)
  const flag = state.spec.flags.find((f) => name === `--${f.name}` || name === `-${f.char}`)
  if (!flag) {
    refuseSlip(state, name)
    return false
  }
  if (flag.kind === 'switch') {
    if (inline !== undefined) throw invalid(flag, `takes no value, found '${inline}'`)
    state.flags[flag.name] = true
    return true
  }
  if (flag.kind === 'maybe') state.flags[flag.name] = inline === '' ? true : (inline ?? true)
  else store(state.flags, flag, inline ?? nextValue(state, flag))
  return true
}

function cut(word: string): readonly [name: string, value: string | undefined] {
  const equals = word.indexOf('=')
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)]
}

function nextValue(state: State, flag: FlagSpec): string {
  const next = state.todo[0]
  if (next === undefined || (next.startsWith('-') && next !== '-')) {
    throw invalid(flag, 'expected a value, found nothing')
  }
  return state.todo.shift()!
}

function store(flags: Record<string, FlagValue>, flag: FlagSpec, value: string): void {
  if (flag.kind === 'list') {
    const items = value.split(',').filter((item) => item !== '')
    if (items.length === 0) throw invalid(flag, 'expected a value, found nothing')
    flags[flag.name] = [...((flags[flag.name] as readonly string[] | undefined) ?? []), ...items]
    return
  }
  if (flag.kind === 'each') {
    flags[flag.name] = [...((flags[flag.name] as readonly string[] | undefined) ?? []), value]
    return
  }
  if (flag.options && !flag.options.includes(value)) {
    throw invalid(flag, `expected ${flag.options.join(' or ')}, found '${value}'`)
  }
  flags[flag.name] = value
}

function invalid(flag: FlagSpec, what: string): SpellError {
  const example = flag.kind === 'switch' ? `--${flag.name}` : `--${flag.name}=${flag.value}`
  return new SpellError(
    'FLAG_INVALID',
    `Flag '--${flag.name}' ${what.replace(/^expected/, 'is wrong: expected')}.`,
    {
      hint: `Write it as: ${example}`,
    },
  )
}

function refuseSlip({ spec, words }: State, name: string): void {
  const known = spec.flags.map((flag) => `--${flag.name}`)
  const open = spec.rest !== undefined && !spec.plainRest && words.length >= spec.args.length
  if (open && (spec.restChecks || !name.startsWith('--') || nearest(name, known) === undefined))
    return
  throw new SpellError('FLAG_UNKNOWN', `Flag '${name}' is not known to 'llmspell ${spec.id}'.`, {
    hint: spec.hints?.[name] ?? flagHint(name, known, spec, open),
  })
}

function flagHint(
  name: string,
  known: readonly string[],
  spec: CommandSpec,
  open: boolean,
): string {
  const guess = didYouMean(name, known, `See the flags with: llmspell ${spec.id} --help`)
  return open ? `${guess} What is meant for the ${spec.rest} goes behind '--'.` : guess
}

function split({ spec, words, flags }: State): Pick<Parsed, 'args' | 'rest'> {
  const missing = spec.args.slice(words.length).find((arg) => arg.required)
  if (missing && !flags['help']) {
    throw new SpellError(
      'ARGUMENT_MISSING',
      `'llmspell ${spec.id}' needs ${missing.name.toUpperCase()}: ${lower(missing.summary)}.`,
      {
        hint: `See the usage with: llmspell ${spec.id} --help`,
      },
    )
  }
  const rest = words.slice(spec.args.length)
  if (rest.length > 0 && spec.rest === undefined) throw unexpected(spec, rest[0]!)
  return { args: words.slice(0, spec.args.length), rest }
}

/** A word that the command has no place for. */
export function unexpected(
  { id }: Pick<CommandSpec, 'id'>,
  word: string,
  hint = `See the usage with: llmspell ${id} --help`,
): SpellError {
  const text = `'llmspell ${id}' does not take '${word}'.`
  return new SpellError('ARGUMENT_UNEXPECTED', text, { hint })
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
