import {
  didYouMean,
  SpellError,
  type CommandArg,
  type CommandCall,
  type CommandFlag,
  type CommandItem,
} from '@llmspell/sdk'
import type { Parsed } from '../parse.ts'

type Given = CommandCall['flags'][string]

/**
 * What was given to a command of a plugin, checked and with its defaults.
 * @throws FLAG_INVALID, ARGUMENT_INVALID, ARGUMENT_MISSING
 */
export function valuesOf(
  { name, args = [], flags = [] }: CommandItem,
  parsed: Parsed,
): Pick<CommandCall, 'args' | 'flags'> {
  return {
    args: Object.fromEntries(args.map((arg, at) => [arg.name, argOf(arg, at, parsed, name)])),
    flags: Object.fromEntries(flags.map((flag) => [flag.name, flagOf(flag, parsed, name)])),
  }
}

function argOf(arg: CommandArg, at: number, { args, rest }: Parsed, command: string): Given {
  const { name, repeatable, required, choices, default: fallback } = arg
  const words = repeatable ? rest : args.slice(at, at + 1)
  if (words.length === 0 && required)
    throw missing(`${name.toUpperCase()}`, command, 'ARGUMENT_MISSING')
  for (const word of words)
    checkChoice(`argument ${name.toUpperCase()}`, word, choices, 'ARGUMENT_INVALID')
  if (repeatable) return words.length === 0 && fallback !== undefined ? [fallback] : words
  return words[0] ?? fallback
}

function flagOf(flag: CommandFlag, { flags }: Parsed, command: string): Given {
  const { name, type, repeatable, required, default: fallback } = flag
  const given = flags[name]
  if (type === 'boolean') return given === true
  if (given === undefined && required) throw missing(`--${name}`, command, 'FLAG_INVALID')
  if (given === undefined) return repeatable && fallback !== undefined ? [fallback] : fallback
  const words = (Array.isArray(given) ? given : [given]) as readonly string[]
  const values = words.map((word) => valueOf(flag, word))
  return repeatable ? values : values[0]
}

function valueOf({ name, type, choices }: CommandFlag, word: string): string | number {
  checkChoice(`flag --${name}`, word, choices, 'FLAG_INVALID')
  if (type !== 'number') return word
  const number = Number(word)
  if (word.trim() !== '' && Number.isFinite(number)) return number
  throw new SpellError(
    'FLAG_INVALID',
    `Flag '--${name}' is wrong: expected a number, found '${word}'.`,
    {
      hint: `Write it as: --${name}=1`,
    },
  )
}

function checkChoice(
  what: string,
  word: string,
  choices: readonly string[] | undefined,
  code: string,
): void {
  if (!choices || choices.includes(word)) return
  const text = `The ${what} is wrong: expected ${choices.join(' or ')}, found '${word}'.`
  throw new SpellError(code, text, { hint: didYouMean(word, choices, `Choose one of them.`) })
}

function missing(what: string, command: string, code: string): SpellError {
  return new SpellError(code, `'llmspell ${command}' needs ${what}.`, {
    hint: `See the usage with: llmspell ${command} --help`,
  })
}
