import type { ScriptModule, ScriptRuntime, Tool, ToolCall } from '@llmspell/sdk'
import { asTold } from './failure.ts'
import type { RunScriptInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { doorOf } from './door.ts'
import { outputOf } from './output.ts'

const MEMORY = 64 * 1024 * 1024
const OUTPUT = 64 * 1024
const FILES = { lua: 'program.lua', javascript: 'program.js' } as const

/** The tool. A program has the tools of the agent that called it; outside of an agent it has none. */
export function runScript(
  runtime: ScriptRuntime,
  globals: () => readonly ScriptModule[],
): Tool<RunScriptInput> {
  return {
    validate,
    validateOutput,
    async execute({ language, code, timeout }, call) {
      const stop = new AbortController()
      const signal = AbortSignal.any([call.signal, stop.signal])
      try {
        const result = await runtime.program({
          source: code,
          file: FILES[language],
          engine: language,
          limits: { timeMs: timeout, memoryBytes: MEMORY, outputBytes: OUTPUT },
          signal,
          runId: runOf(call),
          modules: globals(),
          call: doorOf(call.tools, (reason) => stop.abort(reason)),
        })
        return outputOf(result)
      } catch (error) {
        throw asTold(error)
      }
    },
  }
}

const runOf = ({ run }: ToolCall): string => run?.runId ?? 'program'
