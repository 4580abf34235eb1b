import { run, settings } from '@oclif/core'
import { didYouMean, SpellError } from '@llmspell/sdk'
import { COMMANDS } from './commands/index.ts'
import { refuse } from './oclif/command.ts'
import { versionLine } from './version.ts'

export { COMMANDS }
export { SpellHelp } from './oclif/help.ts'

const VERSION_FLAGS: readonly string[] = ['--version', '-v']

/**
 * The second door: every command, by oclif.
 * @param root folder of the package `llmspell`
 * @returns the exit code
 */
export async function app(root: string, argv: readonly string[]): Promise<number> {
  // Else oclif looks for TypeScript sources wherever NODE_ENV is test.
  settings.enableAutoTranspile = false
  try {
    if (argv.length === 1 && VERSION_FLAGS.includes(argv[0]!)) return versionLine(root)
    refuseUnknown(argv)
    const code: unknown = await run(helpFlag(argv), { root })
    return typeof code === 'number' ? code : 0
  } catch (error) {
    return refuse(error, argv)
  }
}

/** `help run` is `run --help`. */
function helpFlag([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return []
  return first === 'help' ? [...rest, '--help'] : [first, ...rest]
}

function refuseUnknown([first, second]: readonly string[]): void {
  if (first === undefined || ['--help', '-h', 'help', ...VERSION_FLAGS].includes(first)) return
  if (first.startsWith('-')) throw flagUnknown(first)
  const ids = Object.keys(COMMANDS)
  const inTopic = ids.filter((id) => id.startsWith(`${first}:`)).map((id) => id.split(':')[1]!)
  if (!ids.includes(first) && inTopic.length === 0) throw commandUnknown(first, topLevel(ids))
  if (
    inTopic.length > 0 &&
    second !== undefined &&
    !second.startsWith('-') &&
    !inTopic.includes(second)
  ) {
    throw commandUnknown(second, inTopic, `${first} `)
  }
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
  return new SpellError('FLAG_UNKNOWN', `Flag '${flag}' is not known to 'llmspell'.`, {
    hint: didYouMean(flag, known, 'Flags follow the command: llmspell run --json FILE'),
  })
}
