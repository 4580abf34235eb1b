import { SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import { Agent } from './agent.ts'
import type { AgentConfig } from './config.ts'
import { tooDeep } from './depth.ts'
import { shapeOf } from './house.ts'
import type { House } from './house.ts'
import { findModels } from './model.ts'
import { agentsOf } from './registry.ts'
import { checkStopWhen } from './stop-when.ts'
import { bindTools, checkToolChoice } from './toolbox.ts'

/**
 * Makes an agent of this run. Everything it names is looked up first, so that mistakes show here.
 * @throws NOT_AVAILABLE, AGENT_EXISTS, TOOL_NOT_FOUND, AGENT_TOOL_CONFLICT, AGENT_TOO_DEEP, SCHEMA_INVALID and those of findModels
 */
export async function createAgent(
  house: House,
  config: AgentConfig,
  context: CallContext,
): Promise<Agent> {
  if (config.persist !== undefined && config.persist !== false) throw notKept()
  const agents = agentsOf(context)
  const name = config.name ?? agents.freeName()
  agents.refuse(name)
  const toolbox = bindTools(name, config.tools ?? [], house.tools, context)
  // Agents that a conversation may be passed on to are tools as well, known when it is asked.
  if (!config.handoffs) {
    checkToolChoice(name, config.tool_choice, toolbox)
    checkStopWhen(name, config.stop_when, toolbox)
  }
  const shape = await shapeOf(config.schema, house)
  const models = await findModels(config, context)
  const register = (agent: Agent) => {
    if (agent.depth > agent.maxDepth) throw tooDeep(name, agent.maxDepth, agent.depth)
    agents.add(agent)
    return context.handle('Agent', agent, {
      name,
      description: agent.description,
      model: agent.model,
    })
  }
  return new Agent({ name, config, models, toolbox, shape }, register)
}

function notKept(): SpellError {
  return new SpellError(
    'NOT_AVAILABLE',
    "An agent with 'persist' needs the service 'state', which no plugin here provides.",
    {
      hint: "Install a plugin that provides 'state', or leave 'persist' out and use 'memory'.",
      details: { service: 'state' },
    },
  )
}
