import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Command } from './command.ts'

/** @throws REPL_COMMAND_UNKNOWN */
export function commandOf(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  const names = commands.map((command) => command.name)
  const guess = didYouMean(name, names, 'See them with: .help').replace(/'(\w+)'/, "'.$1'")
  throw new SpellError('REPL_COMMAND_UNKNOWN', `There is no command '.${name}'.`, { hint: guess })
}
