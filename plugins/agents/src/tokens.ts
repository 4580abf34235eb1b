import type { Message, MessagePart } from '@llmspell/sdk'

/** Role and marks around a message. */
const FRAME = 4
/** A picture or a page, about as providers count a middling one. */
const FILE = 1500

/** About how many tokens a text is: no provider's own count is known before it answers. */
export function tokensOfText(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4)
}

function tokensOfPart(part: MessagePart): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return tokensOfText(part.text)
    case 'file':
      return FILE
    case 'tool_call':
      return FRAME + tokensOfText(part.name) + tokensOfText(JSON.stringify(part.input))
    case 'tool_result':
      return FRAME + tokensOfText(part.text)
  }
}

/** About how many tokens some messages are together. */
export function tokensOf(messages: readonly Message[]): number {
  let sum = 0
  for (const { content } of messages) {
    sum += FRAME
    for (const part of content) sum += tokensOfPart(part)
  }
  return sum
}
