import { isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { CallContext, Message, Value } from '@llmspell/sdk'
import type { Agent, AgentUsage } from './agent.ts'
import { conversationOf } from './conversation.ts'
import type { House } from './house.ts'
import type { MemoryDump } from './memory.ts'

/** The key of all that is kept of an agent: one value, so that it is whole or not there. */
const KEY = 'agent'

interface Kept {
  readonly memory?: MemoryDump
  readonly conversations: readonly (MemoryDump & { readonly id: string })[]
  readonly usage: AgentUsage
}

/** The scope of State where an agent is kept. */
export function scopeOf({ name, config: { persist, session } }: Agent): string {
  if (session !== undefined) return `session:${session as string}`
  return typeof persist === 'string' ? persist : `agent:${name}`
}

/** A session keeps several agents, each by its name. */
function keyOf({ name, config: { session } }: Agent): string {
  return session === undefined ? KEY : `agent:${name}`
}

/** @throws NOT_AVAILABLE, and what `State.save` throws */
export async function save(agent: Agent, house: House, context: CallContext): Promise<void> {
  needState(house)
  const conversations = [...agent.conversations.values()]
  const kept: Kept = {
    ...(agent.memory ? { memory: agent.memory.dump() } : {}),
    conversations: conversations.map(({ id, memory }) => ({ id, ...memory.dump() })),
    usage: agent.usage,
  }
  await context.call('State', 'save', [scopeOf(agent), keyOf(agent), kept])
}

/** False where nothing is kept. @throws NOT_AVAILABLE, STATE_DAMAGED, and what `State.load` throws */
export async function load(agent: Agent, house: House, context: CallContext): Promise<boolean> {
  needState(house)
  const found = await context.call('State', 'load', [scopeOf(agent), keyOf(agent)])
  if (found === undefined || found === null) return false
  if (!isKept(found)) throw damaged(agent)
  if (found.memory) agent.memory?.restore(found.memory)
  for (const { id, ...dump } of found.conversations)
    conversationOf(agent, id, context).memory.restore(dump)
  agent.recount(found.usage)
  return true
}

/** False where nothing was kept. @throws NOT_AVAILABLE, and what `State.delete` throws */
export async function forget(agent: Agent, house: House, context: CallContext): Promise<boolean> {
  needState(house)
  agent.forget()
  return (await context.call('State', 'delete', [scopeOf(agent), keyOf(agent)])) as boolean
}

/** After an execution. Its answer stands where it cannot be kept, and the log says so. */
export async function keep(agent: Agent, house: House, context: CallContext): Promise<void> {
  if (!agent.persists) return
  try {
    await save(agent, house, context)
  } catch (error) {
    if (isSpellError(error) && error.code === 'REPLAY_MISMATCH') throw error
    const { message } = toErrorRecord(error)
    context.log({ level: 'warn', message: `Agent '${agent.name}' was not kept: ${message}` })
  }
}

/** @throws NOT_AVAILABLE */
export function needState(house: House): void {
  if (house.state) return
  throw new SpellError(
    'NOT_AVAILABLE',
    "An agent with 'persist' or 'session' needs the service 'state', which no plugin here provides.",
    {
      hint: "Install a plugin that provides 'state', or leave it out and use 'memory'.",
      details: { service: 'state' },
    },
  )
}

function damaged(agent: Agent): SpellError {
  const [scope, key] = [scopeOf(agent), keyOf(agent)]
  return new SpellError(
    'STATE_DAMAGED',
    `What is kept of agent '${agent.name}' cannot be read: expected a conversation at '${key}' of '${scope}', found another value.`,
    { hint: `Remove it with State.delete("${scope}", "${key}").`, details: { scope, key } },
  )
}

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const areTexts = (table: Table, ...keys: readonly string[]): boolean =>
  keys.every((key) => typeof table[key] === 'string')

/** Scripts may write there as well: what is not in the form of a conversation never reaches a model. */
function isKept(value: unknown): value is Kept {
  if (!isTable(value) || !Array.isArray(value['conversations']) || !isTable(value['usage']))
    return false
  const counts = Object.values(value['usage'])
  const { memory, conversations } = value
  if (!counts.every((count) => typeof count === 'number')) return false
  if (memory !== undefined && !isDump(memory)) return false
  return (conversations as unknown[]).every(
    (one) => isTable(one) && areTexts(one, 'id') && isDump(one),
  )
}

function isDump(value: unknown): boolean {
  if (!isTable(value) || !Array.isArray(value['messages'])) return false
  return areTexts(value, 'summary') && value['messages'].every(isMessage)
}

const ROLES: ReadonlySet<unknown> = new Set<Message['role']>([
  'system',
  'user',
  'assistant',
  'tool',
])

function isMessage(value: unknown): boolean {
  if (!isTable(value) || !ROLES.has(value['role']) || !Array.isArray(value['content'])) return false
  return value['content'].every((part) => isTable(part) && isPart(part))
}

function isPart(part: Table): boolean {
  switch (part['type']) {
    case 'text':
    case 'reasoning':
      return areTexts(part, 'text')
    case 'tool_call':
      return areTexts(part, 'id', 'name') && (part['input'] as Value) !== undefined
    case 'tool_result':
      return areTexts(part, 'id', 'name', 'text') && typeof part['failed'] === 'boolean'
    default:
      return false
  }
}
