import { CommandHelp, Help } from '@oclif/core'
import { EXIT_CODES, EXIT_PIPE } from '../exit.ts'

const EXAMPLES = [
  ['llmspell demo', 'an agent with two tools, offline'],
  ['llmspell run hello.lua', 'run a script'],
  ['llmspell run report.lua --allow-read=./data --topic cats', 'grant a folder, pass an argument'],
  ["llmspell exec 'return 6 * 7'", 'run a line'],
  ["llmspell tool invoke calculator --expression '2^10'", 'call a tool'],
] as const

const MEANING: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  script: 'the script raised an error',
  usage: 'the command line is wrong',
  input: 'a file, an argument or the config is wrong',
  permission: 'something was not granted',
  limit: 'time, memory, budget or another limit was reached',
  provider: 'the model or its provider failed',
  tool: 'a tool failed',
  unavailable: 'a plugin is missing or failed to start',
  internal: 'a fault of llmspell',
  waiting: 'a durable run waits and was left in its journal',
  cancelled: 'interrupted',
}

/** oclif's page of a command, whose description begins with the title once more. */
class SpellCommandHelp extends CommandHelp {
  protected override description(): string | undefined {
    const { description } = this.command
    return description && this.wrap(description)
  }
}

/** oclif's help, with examples and exit codes on the first page. */
export class SpellHelp extends Help {
  protected override readonly CommandHelpClass = SpellCommandHelp

  override formatRoot(): string {
    return `${super.formatRoot()}\n\n${this.section('EXAMPLES', examples())}`
  }

  override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    this.log(this.section('EXIT CODES', exitCodes()))
    this.log('')
    this.log('Permissions are denied unless a flag grants them: llmspell run --help')
  }
}

function examples(): string {
  return EXAMPLES.map(([line, what]) => `${what}\n  $ ${line}`).join('\n')
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(
    ([name, code]) => `${String(code).padStart(3)}  ${MEANING[name as keyof typeof EXIT_CODES]}`,
  )
  return ['  0  success', ...rows, `${EXIT_PIPE}  the reader of stdout has gone`].join('\n')
}
