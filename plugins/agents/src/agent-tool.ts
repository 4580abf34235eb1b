import { describe, inputInvalid } from '@llmspell/sdk'
import type { CallContext, Schema, ToolResult, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { unionOf } from './bound-tool.ts'
import type { BoundTool } from './bound-tool.ts'
import { reachOf } from './reach.ts'
import type { AgentResult } from './result.ts'

/** The category of agents among tools. */
export const AGENTS = 'agent'

/** The parameters of an agent that is called as a tool, unless its maker says others. */
export const INPUT_SCHEMA: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: { input: { type: 'string', description: 'What to ask.' } },
  required: ['input'],
}

/** The name of an agent as model APIs take it. */
export function toolName(agent: string): string {
  return agent.replaceAll(/[^a-zA-Z0-9_-]+/g, '-').slice(0, 64)
}

/** What an agent says about itself to a model that has it as a tool. */
export function toolDescription({ name, description }: Agent): string {
  return description || `Asks the agent '${name}'.`
}

function asked(agent: string, params: Value): string {
  const input = (params as { readonly input?: unknown } | null)?.input
  if (typeof input === 'string') return input
  throw inputInvalid(`Agent '${agent}'`, [
    { path: 'input', expected: 'text', found: describe(input) },
  ])
}

function toolResult(tool: string, { text, result, data, metadata }: AgentResult): ToolResult {
  const { duration_ms, execution_time_ms, run_id, seq, usage, untrusted } = metadata
  const outside = untrusted ? { untrusted } : {}
  return {
    success: true,
    text,
    result,
    ...(data === undefined ? {} : { data }),
    metadata: {
      tool,
      duration_ms,
      execution_time_ms,
      run_id,
      seq,
      usage: { ...usage },
      ...outside,
    },
  }
}

/** An agent in the tools of another one. Its calls count for the budgets of both. */
export function agentTool(agent: Agent, context: CallContext): BoundTool {
  const name = toolName(agent.name)
  return {
    model: { name, description: toolDescription(agent), input: INPUT_SCHEMA },
    agent,
    asksModel: true,
    permissions: unionOf(agent.toolbox.values()),
    depth: agent.depth,
    // Looked up late: agents to pass the conversation on to may be made after this one.
    get effect() {
      return reachOf(agent, context).effect
    },
    get untrusted() {
      return reachOf(agent, context).untrusted
    },
    async invoke(ask, params, _options, { signal, branch } = {}) {
      const input = asked(agent.name, params)
      const result = await ask.tool('Agent', 'Agent.execute', [input], {
        handle: agent.ref,
        ...(signal ? { signal } : {}),
        ...(branch === undefined ? {} : { branch }),
      })
      return toolResult(name, result as AgentResult)
    },
  }
}
