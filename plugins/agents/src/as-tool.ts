import { expandSchema } from '@llmspell/sdk'
import type { CallContext, HandleRef, Schema, Tool, ToolItem, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { AGENTS, INPUT_SCHEMA, toolDescription, toolName } from './agent-tool.ts'
import { asking } from './ask.ts'
import { unionOf } from './bound-tool.ts'
import type { House } from './house.ts'
import { reachOf } from './reach.ts'
import type { AgentResult } from './result.ts'

/** How an agent appears as a tool. */
export interface AsToolOptions {
  readonly name?: string
  readonly description?: string
  readonly schema?: { readonly [key: string]: Value | undefined }
}

// An agent has limits of its own; the clock of the tool is only there for one that hangs.
const TIMEOUT_MS = 3_600_000

function itemOf(
  agent: Agent,
  options: AsToolOptions,
  context: CallContext,
): ToolItem & { readonly source: string } {
  const { effect, untrusted } = reachOf(agent, context)
  return {
    name: options.name ?? toolName(agent.name),
    description: options.description ?? toolDescription(agent),
    category: AGENTS,
    source: 'script',
    input: options.schema ? expandSchema(options.schema) : INPUT_SCHEMA,
    permissions: unionOf(agent.toolbox.values()),
    effect,
    ...(untrusted ? { untrusted } : {}),
    timeoutMs: TIMEOUT_MS,
  }
}

/**
 * Registers an agent as a tool of its run. Called by an agent it acts under that one's grants and budget, and
 * counts for its depth; called by the script under the script's.
 * @throws TOOL_EXISTS, SCHEMA_INVALID
 */
export async function asTool(
  agent: Agent,
  options: AsToolOptions,
  house: House,
  context: CallContext,
): Promise<HandleRef> {
  const item = itemOf(agent, options, context)
  const handle = agent.ref
  const tool: Tool<Value> = {
    validate: await house.schemas.compile(item.input as Schema),
    async execute(params, { signal }) {
      const input = options.schema ? { data: params } : (params as { readonly input: string }).input
      const above = asking()
      const answer = above
        ? above.tool('Agent', 'Agent.execute', [input], { handle, signal })
        : context.call('Agent', 'Agent.execute', [input], { handle, signal })
      const { result, text, metadata } = (await answer) as AgentResult
      return { result, text, ...(metadata.untrusted ? { untrusted: true } : {}) }
    },
  }
  house.tools.register(item, tool, context)
  return (await context.call('Tool', 'get', [item.name])) as HandleRef
}
