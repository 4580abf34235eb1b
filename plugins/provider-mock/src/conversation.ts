import type { Message, MessagePart, ModelRequest } from '@llmspell/sdk'

/** The parts of one kind in some messages. */
export function partsOf<T extends MessagePart['type']>(
  messages: readonly Message[],
  type: T,
): readonly Extract<MessagePart, { readonly type: T }>[] {
  const parts = messages.flatMap(({ content }) => content)
  return parts.filter(
    (part): part is Extract<MessagePart, { readonly type: T }> => part.type === type,
  )
}

function textOf(messages: readonly Message[]): string {
  return partsOf(messages, 'text')
    .map(({ text }) => text)
    .join('\n')
}

/** A request as the rules of the mock see it. */
export interface Conversation {
  readonly system: string
  /** Text of the last message of the user. */
  readonly prompt: string
  /** What came after it: calls of tools and their results. */
  readonly since: readonly Message[]
  readonly files: number
  /** Answers given in the whole request. */
  readonly answers: number
}

export function readConversation({ messages }: ModelRequest): Conversation {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const user = last < 0 ? [] : [messages[last]!]
  return {
    system: textOf(messages.filter(({ role }) => role === 'system')),
    prompt: textOf(user),
    since: messages.slice(last + 1),
    files: partsOf(user, 'file').length,
    answers: messages.filter(({ role }) => role === 'assistant').length,
  }
}
