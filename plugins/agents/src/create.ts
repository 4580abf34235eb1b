import { SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import { Agent, keeps } from './agent.ts'
import type { AgentConfig } from './config.ts'
import { tooDeep } from './depth.ts'
import { shapeOf } from './house.ts'
import type { House } from './house.ts'
import { inSession } from './in-session.ts'
import { load, needState } from './kept.ts'
import { configured, tell } from './making.ts'
import { findModels } from './model.ts'
import { agentsOf } from './registry.ts'
import { checkStopWhen } from './stop-when.ts'
import { bindTools, checkToolChoice } from './toolbox.ts'

/**
 * Makes an agent of this run. Everything it names is looked up first, so that mistakes show here.
 * @throws NOT_AVAILABLE, AGENT_EXISTS, TOOL_NOT_FOUND, AGENT_TOOL_CONFLICT, AGENT_TOO_DEEP, SCHEMA_INVALID, HOOK_CANCELLED and those of findModels
 */
export async function createAgent(
  house: House,
  given: AgentConfig,
  context: CallContext,
): Promise<Agent> {
  if (keeps(given)) {
    needState(house)
    const byName = given.persist === true || given.session !== undefined
    if (byName && given.name === undefined) throw nameless(given)
  }
  const agents = agentsOf(context)
  const name = given.name ?? agents.freeName()
  agents.refuse(name)
  const config = await configured(house, name, await inSession(given, context), context)
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
  const agent = new Agent({ name, config, models, toolbox, shape }, register)
  if (agent.persists) await loaded(agent, house, context)
  await tell(house.points.created, agent, context)
  return agent
}

/** An agent whose past cannot be read is none: it would write over it. */
async function loaded(agent: Agent, house: House, context: CallContext): Promise<void> {
  try {
    await load(agent, house, context)
  } catch (error) {
    agentsOf(context).remove(agent)
    throw error
  }
}

function nameless({ session }: AgentConfig): SpellError {
  const option = session === undefined ? 'persist' : 'session'
  return new SpellError(
    'INPUT_INVALID',
    `An agent with '${option}' is found again by its name: expected 'name', found none.`,
    { hint: "Give it a name, or write the scope to keep it in: persist = 'custom:desk'." },
  )
}
