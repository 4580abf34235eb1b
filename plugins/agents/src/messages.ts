import type { Message, MessagePart, Value } from '@llmspell/sdk'
import type { ScriptMessage } from './config.ts'
import { handleOf } from './media-input.ts'

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

/** A message as scripts see it: its text, and its pieces; media by their handles. */
export function toScript(message: Message): Value {
  const content = message.content.flatMap(shownPart)
  return { role: message.role, text: textOf(message), content }
}

function shownPart(part: MessagePart): readonly Value[] {
  const media = handleOf(part)
  if (media) return [{ type: 'media', media: media as unknown as Value }]
  return part.type === 'file' ? [] : [part as unknown as Value]
}
