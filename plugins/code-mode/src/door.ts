import { didYouMean, isSpellError, SpellError } from '@llmspell/sdk'
import type { GrantedTools, HostCall, ProgramRequest, ToolResult, Value } from '@llmspell/sdk'

const FATAL = new Set(['BUDGET_EXCEEDED', 'CANCELLED'])

/**
 * The only way out of a program: a call of one of the agent's tools.
 * @param end ends the program for what would end the agent: no program may go on after it
 */
export function doorOf(
  tools: GrantedTools | undefined,
  end: (reason: SpellError) => void,
): ProgramRequest['call'] {
  return async (call) => {
    try {
      return await execute(tools, call)
    } catch (error) {
      if (isSpellError(error) && isFatal(error)) end(error)
      throw error
    }
  }
}

function execute(tools: GrantedTools | undefined, call: HostCall): Promise<ToolResult> {
  const { module, function: name, args } = call
  if (module !== 'Tool' || name !== 'execute') throw unknown(`${module}.${name}`)
  const [tool, params, ...more] = args
  if (typeof tool !== 'string') throw refused('the name of a tool', 'as its first argument')
  if (more.some((one) => one !== undefined && one !== null))
    throw refused('one table of named values', 'and no options')
  if (!tools) throw none(tool)
  return tools.execute(tool, params ?? ({} as Value))
}

function isFatal({ code, details }: SpellError): boolean {
  return FATAL.has(code) || (details as { fatal?: unknown } | null | undefined)?.fatal === true
}

function unknown(name: string): SpellError {
  return new SpellError('FUNCTION_UNKNOWN', `A program cannot call '${name}'.`, {
    hint: didYouMean(name, ['Tool.execute'], 'Call a tool: Tool.name{ ... }.'),
  })
}

function refused(what: string, how: string): SpellError {
  return new SpellError('INPUT_INVALID', `A call of a tool expects ${what} ${how}.`, {
    hint: 'Write Tool.name{ key = value }.',
  })
}

function none(tool: string): SpellError {
  return new SpellError('TOOL_NOT_FOUND', `'${tool}' is not there: this program has no tools.`, {
    hint: 'Let an agent call run-script: its program has the tools of the agent.',
  })
}
