import type { Message, MessagePart } from '@llmspell/sdk'
import { handleOf, withHandle } from './media-input.ts'

/** Media of one conversation together, in bytes: the host keeps them as long as the run. */
const MOST = 64 * 1024 * 1024

const bytesOf = (part: MessagePart): number => (part.type === 'file' ? part.data.length : 0)

/** What stands for media that are no longer kept; a script still sees the handle. */
function placeholder(part: MessagePart): MessagePart {
  if (part.type !== 'file') return part
  const text = `[${part.mime}${part.name ? ` '${part.name}'` : ''}, no longer remembered]`
  const ref = handleOf(part)
  const note = { type: 'text', text } as const
  return ref ? withHandle(note, ref) : note
}

/** The messages with the latest media only, as far as one conversation may keep them. */
export function lightened(messages: readonly Message[], most = MOST): readonly Message[] {
  let sum = 0
  for (let at = messages.length - 1; at >= 0; at--) {
    for (const part of messages[at]!.content) sum += bytesOf(part)
    if (sum > most) return messages.map((message, i) => (i > at ? message : withoutMedia(message)))
  }
  return messages
}

function withoutMedia(message: Message): Message {
  if (message.content.every((part) => part.type !== 'file')) return message
  return { ...message, content: message.content.map(placeholder) }
}
