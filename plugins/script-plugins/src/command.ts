import { SpellError } from '@llmspell/sdk'
import type { PluginCommand, CommandCall, ScriptRuntime, Value } from '@llmspell/sdk'
import type { Script } from './script.ts'

/** A command whose function is in a script plugin: a run with what the command line grants, and no more than its header. */
export function scriptCommand(script: Script, name: string, runtime: ScriptRuntime): PluginCommand {
  return {
    async run(call) {
      const { args, flags, json, cwd, grants, signal } = call
      await using run = runtime.open({
        grants,
        root: cwd,
        signal,
        write: (text) => call.write(text),
        log: ({ level, message }) => script.log(level, message),
        onProgress: (progress) => call.progress(progress),
      })
      const given = { command: name, args, flags, json } as unknown as Value
      const answer = await script.call('commands', name, [given], {
        caller: run,
        grants: script.layers(),
        signal,
        write: (text) => call.write(text),
        log: script.log,
      })
      return codeOf(answer, call)
    },
  }
}

/** A number is the exit code, text is printed, anything else is the result of the document. */
function codeOf(answer: Value | undefined, call: CommandCall): number | void {
  if (answer === undefined || answer === null) return
  if (typeof answer === 'number') return exitCode(answer, call)
  call.answer(answer)
  if (typeof answer === 'string') call.write(answer.endsWith('\n') ? answer : `${answer}\n`)
}

function exitCode(code: number, { command }: CommandCall): number {
  if (Number.isInteger(code) && code >= 0 && code <= 255) return code
  throw new SpellError(
    'INPUT_INVALID',
    `The command '${command}' gave the exit code ${code}, expected 0 to 255.`,
  )
}
