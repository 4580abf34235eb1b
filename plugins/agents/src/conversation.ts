import { SpellError } from '@llmspell/sdk'
import type { CallContext, HandleRef } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { Memory, memoryRule } from './memory.ts'

/** What was said with one agent, under an id of its own. */
export class Conversation {
  readonly id: string
  readonly agent: Agent
  readonly memory: Memory
  readonly ref: HandleRef

  constructor(id: string, agent: Agent, memory: Memory, context: CallContext) {
    this.id = id
    this.agent = agent
    this.memory = memory
    this.ref = context.handle('Conversation', this, { id, agent: agent.name })
    agent.conversations.set(id, this)
  }
}

function freeId(agent: Agent): string {
  for (let number = agent.conversations.size + 1; ; number++) {
    const id = `conversation-${number}`
    if (!agent.conversations.has(id)) return id
  }
}

/** The conversation of that id, made on first use; without an id a new one. */
export function conversationOf(
  agent: Agent,
  id: string | undefined,
  context: CallContext,
): Conversation {
  const known = id === undefined ? undefined : agent.conversations.get(id)
  const memory = (): Memory => new Memory(memoryRule(agent.config))
  return known ?? new Conversation(id ?? freeId(agent), agent, memory(), context)
}

/** A new conversation with the same past. @throws CONVERSATION_EXISTS */
export function forkOf(
  from: Conversation,
  id: string | undefined,
  context: CallContext,
): Conversation {
  const { agent } = from
  if (id !== undefined && agent.conversations.has(id)) {
    throw new SpellError(
      'CONVERSATION_EXISTS',
      `Agent '${agent.name}' has a conversation '${id}' already.`,
      {
        hint: 'Choose another id, or leave it out.',
      },
    )
  }
  return new Conversation(id ?? freeId(agent), agent, from.memory.copy(), context)
}
