import { approversOf } from './approval.ts'
import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Schema } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { toolName } from './agent-tool.ts'
import { failure } from './bound-tool.ts'
import type { BoundTool, ToolOutcome } from './bound-tool.ts'
import type { AgentConfig, HandoffEntry } from './config.ts'
import type { Toolbox } from './toolbox.ts'
import type { Turn } from './turn.ts'

const INPUT: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: { reason: { type: 'string', description: 'Why, for the one who goes on.' } },
}

/** How an entry of `handoffs` is found. @throws AGENT_NOT_FOUND */
export type FindAgent = (entry: HandoffEntry) => Agent

/**
 * The tools of an agent and those by which its model passes the conversation on.
 * @throws AGENT_NOT_FOUND, AGENT_TOOL_CONFLICT
 */
export function withHandoffs(
  agent: string,
  toolbox: Toolbox,
  { handoffs = [] }: AgentConfig,
  find: FindAgent,
): Toolbox {
  if (handoffs.length === 0) return toolbox
  const box = new Map(toolbox)
  for (const entry of handoffs) {
    const tool = transferTo(find(entry))
    if (box.has(tool.model.name)) throw conflict(agent, tool.model.name)
    box.set(tool.model.name, tool)
  }
  return box
}

function transferTo(agent: Agent): BoundTool {
  const about = agent.description === '' ? '' : `: ${agent.description}`
  const description = `Passes the conversation on to the agent '${agent.name}', which answers instead of you${about}`
  return {
    model: {
      name: `transfer_to_${toolName(agent.name)}`.slice(0, 64),
      description,
      input: INPUT,
    },
    effect: 'pure',
    permissions: {},
    depth: 0,
    untrusted: false,
    handoff: agent,
    invoke: () => Promise.reject(new Error('A handoff is no call.')),
  }
}

function conflict(agent: string, name: string): SpellError {
  return new SpellError('AGENT_TOOL_CONFLICT', `Agent '${agent}' would have '${name}' twice.`, {
    hint: 'Leave one of them out of handoffs and tools.',
    details: { tool: name },
  })
}

/** Notes who goes on; the first of one step counts. As often as `max_depth` of the agent that was asked. */
export function passOn(turn: Turn, to: Agent): ToolOutcome {
  const { record } = turn
  const refuse = (code: string, message: string, hint: string) => failure({ code, message, hint })
  if (record.next)
    return refuse('AGENT_TOO_DEEP', `'${record.next.name}' goes on already.`, 'Wait for it.')
  if (record.handoffs >= record.most) {
    const text = `The conversation was passed on ${record.handoffs} times, which is the most.`
    return refuse('AGENT_TOO_DEEP', text, 'Answer yourself.')
  }
  try {
    to.open()
  } catch (error) {
    return failure(toErrorRecord(error))
  }
  record.next = to
  record.approvers = approversOf(turn)
  record.handoffs++
  return { text: `The agent '${to.name}' goes on.` }
}
