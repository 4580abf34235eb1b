import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4ReasoningPart,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
} from '@ai-sdk/provider'
import type { Message, MessagePart } from '@llmspell/sdk'
import { fileOf } from './file-part.ts'
import { sentMeta } from './meta.ts'

type AssistantPart =
  | LanguageModelV4FilePart
  | LanguageModelV4ReasoningPart
  | LanguageModelV4TextPart
  | LanguageModelV4ToolCallPart

/** @param name the SDK's name of the provider */
export function messageOf({ role, content }: Message, name: string): LanguageModelV4Message {
  switch (role) {
    case 'system':
      return {
        role,
        content: content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
      }
    case 'user':
      return { role, content: content.flatMap(userPart) }
    case 'assistant':
      return { role, content: thoughtsJoined(content).flatMap((part) => said(part, name)) }
    case 'tool':
      return {
        role,
        content: content.flatMap((part) => (part.type === 'tool_result' ? [resultOf(part)] : [])),
      }
  }
}

function userPart(part: MessagePart): (LanguageModelV4TextPart | LanguageModelV4FilePart)[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }]
  return part.type === 'file' ? [fileOf(part)] : []
}

/** Pieces of one thought as a stream gives them: the one with `meta` is its last. */
function thoughtsJoined(content: readonly MessagePart[]): readonly MessagePart[] {
  const parts: MessagePart[] = []
  for (const part of content) {
    const last = parts.at(-1)
    const open = last?.type === 'reasoning' && last.meta === undefined
    if (part.type === 'reasoning' && open)
      parts[parts.length - 1] = { ...part, text: last.text + part.text }
    else parts.push(part)
  }
  return parts
}

/** Reasoning is sent back to where it came from only: without its signature a server refuses it. */
function said(part: MessagePart, name: string): AssistantPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }]
    case 'file':
      return [fileOf(part)]
    case 'tool_call':
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.name,
          input: part.input,
          ...sentMeta(part.meta, name),
        },
      ]
    case 'reasoning': {
      const own = sentMeta(part.meta, name)
      return own.providerOptions ? [{ type: 'reasoning', text: part.text, ...own }] : []
    }
    default:
      return []
  }
}

function resultOf({
  id,
  name,
  text,
  failed,
}: Extract<MessagePart, { readonly type: 'tool_result' }>) {
  const output = { type: failed ? ('error-text' as const) : ('text' as const), value: text }
  return { type: 'tool-result' as const, toolCallId: id, toolName: name, output }
}
