import type { Agent } from './agent.ts'
import type { Ask } from './ask.ts'
import type { AgentConfig, ExecuteOptions, HandoffEntry } from './config.ts'
import { checkDepth } from './depth.ts'
import type { Question } from './execute.ts'
import { withHandoffs } from './handoff.ts'
import { shapeOf } from './house.ts'
import type { House } from './house.ts'
import { systemPrompt, turnMessages } from './input.ts'
import { MediaReader } from './media-input.ts'
import { agentsOf } from './registry.ts'
import { checkStopWhen } from './stop-when.ts'
import { checkToolChoice } from './toolbox.ts'
import { Turn } from './turn.ts'
import type { TurnParts, TurnRecord } from './turn.ts'

/** The configuration with the options of one call put in. */
export function merged(config: AgentConfig, options: ExecuteOptions): AgentConfig {
  const { on_chunk: _on_chunk, ...rest } = options
  return { ...config, ...rest, budget: { ...config.budget, ...options.budget } }
}

const finder = ({ context }: Question) => {
  const agents = agentsOf(context)
  return (entry: HandoffEntry): Agent =>
    typeof entry === 'string' ? agents.get(entry) : (context.resolve(entry) as Agent)
}

/** What the first agent works on; nothing of the past yet. Its media are read here. */
export async function firstParts(
  house: House,
  asked: Question,
  config: AgentConfig,
  tools: Agent['toolbox'],
  ask: Ask,
  record: TurnRecord,
): Promise<TurnParts> {
  const { agent, input, options, context } = asked
  const agents = agentsOf(context)
  checkDepth(agent.name, context.actors, (name) => (agents.find(name) ?? agent).maxDepth)
  const toolbox = withHandoffs(agent.name, tools, config, finder(asked))
  checkToolChoice(agent.name, config.tool_choice, toolbox)
  checkStopWhen(agent.name, config.stop_when, toolbox)
  const shape = options.schema ? await shapeOf(options.schema, house) : agent.shape
  const system = await ask.stop.race(systemPrompt(config, input))
  const reader = new MediaReader({ agent: agent.name, context, stop: ask.stop }, house.media)
  const said = await turnMessages(agent.name, input, reader)
  record.untrusted = reader.untrusted || (asked.memory?.untrusted ?? false)
  const { artifacts, media } = house
  return { agent, config, toolbox, shape, ask, artifacts, media, system, past: [], asked: said }
}

/**
 * The turn of the agent that goes on: its own model, prompt and tools under its own grants; the budget, the conversation
 * and the schema of the one that was asked.
 */
export async function passedOn(turn: Turn, asked: Question): Promise<Turn> {
  const { record, parts } = turn
  const agent = record.next!
  record.next = undefined
  const { ask, shape } = parts
  const { tools: _tools, tool_choice: _choice, ...options } = asked.options
  const config = merged(agent.config, options)
  const toolbox = withHandoffs(agent.name, agent.toolbox, config, finder(asked))
  agent.begin(ask.stop)
  const system = await ask.stop.race(systemPrompt(config, asked.input))
  const next = {
    ...parts,
    agent,
    config,
    toolbox,
    shape: shape ?? agent.shape,
    ask: ask.by(agent.name, agent.grantOf(agent.toolbox)),
    system,
  }
  record.others.add(agent)
  return new Turn(next, record)
}
