import { cancelledBy, misfit } from '@llmspell/sdk'
import type { CallContext, HookPoint, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import type { AgentConfig } from './config.ts'
import { validators } from './generated/agent.module.validate.js'
import type { House } from './house.ts'
import type { AgentMade } from './types.ts'

/** What of a configuration hooks see and change: no functions, no handles, nothing that may hold a key. */
const PLAIN = [
  'description',
  'model',
  'provider',
  'system_prompt',
  'temperature',
  'top_p',
  'seed',
  'stop',
  'max_tokens',
  'tools',
  'tool_choice',
  'schema',
  'schema_retries',
  'memory',
  'budget',
  'max_depth',
] as const

type Table = Readonly<Record<string, Value>>

/** The configuration as the hooks leave it. @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
export async function configured(
  { points: { create } }: House,
  agent: string,
  config: AgentConfig,
  context: CallContext,
): Promise<AgentConfig> {
  if (!create.used) return config
  const actor = context.actors.at(-1)
  const caller = actor ? `${actor.kind} '${actor.name}'` : 'script'
  const shown = plain(config)
  const facts = { run_id: context.runId, agent, caller, config: structuredClone(shown) }
  const ask = async (): Promise<Value> => (await create.call(facts)) as unknown as Value
  const said = (await context.step('agent.create', ask, { effect: 'pure' })) as unknown as Awaited<
    ReturnType<typeof create.call>
  >
  if (said.verdict?.type === 'cancel')
    throw cancelledBy(`Agent '${agent}'`, 'agent.create', said.verdict)
  return said.changed ? merged(config, shown, said.data.config) : config
}

/** Tells that an agent was made, is about to be closed, or was closed. */
export async function tell(
  point: HookPoint<'agent.created'> | HookPoint<'agent.close'> | HookPoint<'agent.closed'>,
  agent: Agent,
  { runId }: CallContext,
): Promise<void> {
  if (!point.used) return
  const { name, model, toolbox } = agent
  const facts: AgentMade = { run_id: runId, agent: name, model, tools: [...toolbox.keys()] }
  await point.call(facts)
}

function plain(config: AgentConfig): Table {
  const kept = PLAIN.filter((key) => isPlain(key, config[key]))
  return Object.fromEntries(kept.map((key) => [key, config[key] as Value]))
}

function isPlain(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'function') return false
  if (key === 'model') return typeof value === 'string'
  return key !== 'tools' || (value as readonly unknown[]).every((each) => typeof each === 'string')
}

/** @throws HOOK_RESULT_INVALID for what Agent.create would refuse */
function merged(config: AgentConfig, shown: Table, given: unknown): AgentConfig {
  if (!validators['create']!({ config: given }))
    throw misfit('agent.create', 'what Agent.create takes', 'something else')
  const kept = Object.entries(config).filter(([key]) => !Object.hasOwn(shown, key))
  const made = Object.entries(given as Table).filter(([key]) => PLAIN.includes(key as never))
  return { ...Object.fromEntries(kept), ...Object.fromEntries(made) } as AgentConfig
}
