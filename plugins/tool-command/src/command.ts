import { inputDuration } from '@llmspell/sdk'
import type { Command, Jail, Permissions, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { emptyFolder } from './empty-folder.ts'
import { unknownProgram } from './errors.ts'
import { factsOf } from './facts.ts'
import { shownAs, shownFolder } from './folder.ts'
import type { CommandInput } from './generated/input.ts'
import type { CommandResult } from './generated/output.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { commandLine, findProgram } from './program.ts'
import { resultOf } from './result.ts'
import { alsoNeeded, Rights } from './rights.ts'
import { variablesOf } from './variables.ts'

export interface CommandParts {
  readonly jail: Jail
  readonly permissions: Permissions
  /** Folders that programs are looked for in. */
  readonly path: readonly string[]
}

/** The tool: asks for all that a program needs, then runs it by the service `jail`. */
export function command(parts: CommandParts): Tool<CommandInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      const [prepared, kind] = await prepare(parts, input, call)
      // Only a jail has an empty folder of its own.
      await using empty = await emptyFolder(!prepared.jailed && kind === 'empty')
      const end = await parts.jail.run({ ...prepared, ...empty.place })
      // The reason of the caller, not a result that is half.
      if (end.ended === 'cancelled') call.signal.throwIfAborted()
      const result = resultOf(end, kind)
      return { result: { ...result }, text: textOf(result), operation: 'run' } satisfies ToolOutput
    },
  }
}

async function prepare(
  { jail, permissions, path }: CommandParts,
  input: CommandInput,
  call: ToolCall,
): Promise<[Command, CommandResult['folder']]> {
  const rights = new Rights(permissions, call)
  const program = await findProgram(input.program, path)
  const target = commandLine(program.name, input.args)
  const folderWords = await shownAs(input.folder, call, rights)
  const facts = factsOf(program.name, input, folderWords, call)
  const jailed = (await jail.report()).kind !== 'none'
  await rights.run(program, target, facts, alsoNeeded(input, target, jailed))
  if (program.path === undefined) throw unknownProgram(input.program)
  if (!jailed) await rights.unjailed(target, facts)
  if (input.network) await rights.network()
  const { kind, folder, ...shown } = await shownFolder(input.folder, call, rights)
  const env = { PATH: path.join(':'), LANG: 'C.UTF-8', ...(await variablesOf(input, call, rights)) }
  const rest = { program: program.path, folder, jailed, env, ...limits(input) }
  return [{ ...rest, ...shown, args: input.args, ...surroundings(call) }, kind]
}

function limits(input: CommandInput): Pick<Command, 'limits' | 'input' | 'network'> {
  const { timeout, max_output: outputBytes, stdin, network } = input
  const timeMs = inputDuration("Tool 'command'", 'timeout', timeout, [1, 600_000])
  const given = stdin === undefined ? {} : { input: Buffer.from(stdin) }
  return { limits: { timeMs, outputBytes }, network, ...given }
}

function surroundings(call: ToolCall): Pick<Command, 'subject' | 'signal' | 'onOutput'> {
  const { subject, signal } = call
  return call.streamed ? { subject, signal, onOutput: emitter(call) } : { subject, signal }
}

/** Pieces as text, each stream with its own half characters. */
function emitter(call: ToolCall): NonNullable<Command['onOutput']> {
  const decoders = {
    stdout: new TextDecoder('utf-8', { ignoreBOM: true }),
    stderr: new TextDecoder('utf-8', { ignoreBOM: true }),
  }
  return async (from, piece) => {
    const text = decoders[from].decode(piece, { stream: true })
    if (text !== '') await call.emit({ type: 'text', text, from })
  }
}

function textOf({ stdout, stderr, ok, code, signal, ended }: CommandResult): string {
  const how = ended === 'exit' ? `code ${code ?? signal}` : ended
  const end = ok ? '' : `(ended: ${how})`
  return [stdout, stderr, end].filter(Boolean).join('\n')
}
