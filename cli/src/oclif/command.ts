import { Command } from '@oclif/core'
import type { CommandSpec } from '../flags.ts'
import { parse } from '../parse.ts'
import { errorEnvelope, toJson } from '../print/envelope.ts'
import { failureText } from '../print/failure.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { exitCode } from '../exit.ts'
import { onStage, type Body } from '../stage.ts'
import { oclifArgs, oclifFlags } from './flags.ts'

/** What a command of ours says about itself. */
export interface CommandText {
  readonly summary: string
  readonly description?: string
  /** True for what only llmspell itself calls. */
  readonly hidden?: boolean
  /** Command lines with what they do; shown in the help and run by tests. */
  readonly examples: readonly { readonly description: string; readonly command: string }[]
}

/** An oclif command whose flags, arguments and help come from our table. */
export function define(spec: CommandSpec, text: CommandText, body: Body): Command.Class {
  class Defined extends Command {
    static override readonly flags = oclifFlags(spec)
    static override readonly args = oclifArgs(spec) as Command.Class['args']
    static override readonly strict = spec.rest === undefined
    static override readonly summary = text.summary
    static override readonly examples = [...text.examples]
    static override readonly usage = usage(spec)

    override async run(): Promise<number> {
      this.parsed = true
      return execute(spec, this.argv, this.config.root, body)
    }
  }
  if (text.description !== undefined) Object.assign(Defined, { description: text.description })
  if (text.hidden) Object.assign(Defined, { hidden: true })
  return Defined as unknown as Command.Class
}

function execute(
  spec: CommandSpec,
  argv: readonly string[],
  root: string,
  body: Body,
): Promise<number> {
  try {
    return onStage(root, parse(spec, argv), body)
  } catch (error) {
    return Promise.resolve(refuse(error, argv))
  }
}

/** Prints an error that came before the flags were known. @returns its exit code */
export function refuse(error: unknown, argv: readonly string[]): number {
  const end = argv.indexOf('--')
  const own = argv.slice(0, end < 0 ? undefined : end)
  const json = own.includes('--json') || own.includes('--events')
  if (json) out(`${toJson(errorEnvelope(error))}\n`)
  else err(failureText(error, painter(process.stderr.isTTY)))
  return exitCode(error)
}

function usage({ id, args, rest }: CommandSpec): string {
  const words = args.map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  )
  return [id, '[FLAGS]', ...words, ...(rest ? [`[${rest}]`] : [])].join(' ')
}
