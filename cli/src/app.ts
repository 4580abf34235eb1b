import { run, settings, type Command } from '@oclif/core'
import { didYouMean, SpellError } from '@llmspell/sdk'
import { COMMANDS } from './commands/index.ts'
import { refuse } from './oclif/command.ts'
import { OWN_WORDS } from './kernel/own.ts'
import { unexpected } from './parse.ts'
import { pluginCommands } from './plugin-commands/find.ts'
import { versionLine } from './version.ts'

export { COMMANDS }
export { SpellHelp } from './oclif/help.ts'

const VERSION_WORDS: readonly string[] = ['--version', '-v', 'version']

/**
 * The second door: every command, by oclif.
 * @param root folder of the package `llmspell`
 * @returns the exit code
 */
export async function app(root: string, argv: readonly string[]): Promise<number> {
  // Else oclif looks for TypeScript sources wherever NODE_ENV is test.
  settings.enableAutoTranspile = false
  try {
    if (argv.length === 1 && VERSION_WORDS.includes(argv[0]!)) return versionLine(root)
    const words = toolHelp(helpFlag(argv))
    if (mayBePlugins(words)) Object.assign(COMMANDS, await pluginCommands(root, words))
    refuseUnknown(words)
    refuseSurplus(words)
    const code: unknown = await run(words, { root })
    return typeof code === 'number' ? code : 0
  } catch (error) {
    return refuse(error, argv)
  }
}

/** `help run` is `run --help`; `help` itself, and `version`, have no page but the first. */
function helpFlag([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return []
  if (first !== 'help') return [first, ...rest]
  const [subject = ''] = rest
  return ['help', 'version'].includes(subject) ? ['--help'] : [...rest, '--help']
}

/** Help about a call of a tool is the page of that tool. */
function toolHelp(words: string[]): string[] {
  const [topic, command, name] = words
  if (topic !== 'tool' || command !== 'invoke' || isFlag(name)) return words
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  return own.includes('--help') || own.includes('-h') ? ['tool', 'info', name] : words
}

/** The first page shows all commands; any other word than ours may be one of a plugin. */
function mayBePlugins([first]: readonly string[]): boolean {
  if (first === undefined || ['--help', '-h'].includes(first)) return true
  return !first.startsWith('-') && !OWN_WORDS.includes(first)
}

function refuseUnknown([first, second]: readonly string[]): void {
  if (first === undefined || ['--help', '-h'].includes(first)) return
  if (first.startsWith('-')) throw flagUnknown(first)
  const ids = Object.keys(COMMANDS)
  const inTopic = namesIn(first)
  if (!ids.includes(first) && inTopic.length === 0) throw commandUnknown(first, topLevel(ids))
  // `run` is a command and a topic: any other word is its script.
  const known = ids.includes(first) || isFlag(second) || inTopic.includes(second)
  if (!known) throw commandUnknown(second, inTopic, `${first} `)
}

/** oclif takes a word that no command wants for a part of the command's name. */
function refuseSurplus([first = '', ...rest]: readonly string[]): void {
  const inTopic = namesIn(first).length > 0
  const id = inTopic ? `${first}:${rest[0]}` : first
  const word = rest[inTopic ? 1 : 0]
  const command = (COMMANDS as Readonly<Record<string, Command.Class>>)[id]
  if (!command || isFlag(word) || Object.keys(command.args).length > 0) return
  throw unexpected({ id: id.replace(':', ' ') }, word)
}

const isFlag = (word: string | undefined): word is undefined | `-${string}` =>
  word === undefined || word.startsWith('-')

/** Commands of a topic; none where it is no topic. */
function namesIn(topic: string): string[] {
  const ids = Object.keys(COMMANDS).filter((id) => id.startsWith(`${topic}:`))
  return ids.map((id) => id.split(':')[1]!)
}

const topLevel = (ids: readonly string[]): string[] => [
  ...new Set(ids.map((id) => id.split(':')[0]!)),
]

function commandUnknown(name: string, known: readonly string[], topic = ''): SpellError {
  const otherwise = `Commands: ${known.map((id) => topic + id).join(', ')}.`
  const hint = didYouMean(name, known, otherwise).replace(/'(.*)'/, `'llmspell ${topic}$1'`)
  return new SpellError('COMMAND_UNKNOWN', `Command '${topic}${name}' does not exist.`, { hint })
}

function flagUnknown(flag: string): SpellError {
  const known = ['--help', '--version']
  if (VERSION_WORDS.includes(flag)) {
    const hint = 'Write it alone: llmspell --version'
    return new SpellError('ARGUMENT_UNEXPECTED', `'${flag}' takes nothing beside it.`, { hint })
  }
  return new SpellError('FLAG_UNKNOWN', `Flag '${flag}' is not known to 'llmspell'.`, {
    hint: didYouMean(flag, known, 'Flags follow the command: llmspell run --json FILE'),
  })
}
