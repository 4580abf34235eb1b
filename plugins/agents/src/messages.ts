import type { Message, MessagePart, Value } from '@llmspell/sdk'
import type { ScriptMessage } from './config.ts'

/** A message of one text. */
export function textMessage(role: Message['role'], text: string): Message {
  return { role, content: [{ type: 'text', text }] }
}

/** All text of a message. */
export function textOf(message: Message): string {
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** A message of a script as models take it; the pieces were checked by the schema. */
export function fromScript({ role, text, content }: ScriptMessage): Message {
  if (content === undefined || typeof content === 'string')
    return textMessage(role, content ?? text ?? '')
  return { role, content: content as unknown as readonly MessagePart[] }
}

/** A message as scripts see it: its text, and its pieces. */
export function toScript(message: Message): Value {
  const content = message.content.filter((part) => part.type !== 'file') as unknown as Value[]
  return { role: message.role, text: textOf(message), content }
}

/** The last `size` messages, from a question on; the last turn is kept whole, however long it is. */
export function lastMessages(messages: readonly Message[], size: number): readonly Message[] {
  const from = Math.max(0, messages.length - size)
  const start = messages.findIndex((message, i) => i >= from && message.role === 'user')
  return messages.slice(start < 0 ? messages.findLastIndex(({ role }) => role === 'user') : start)
}
