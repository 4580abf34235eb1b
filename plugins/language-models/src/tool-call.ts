import type { LanguageModelV4ToolCall } from '@ai-sdk/provider'
import type { ModelChunk, ModelTool, Value } from '@llmspell/sdk'
import { metaOf } from './meta.ts'

/** A call as the SDK gives it, or as it was left when the stream ended. */
export type RawCall = Pick<
  LanguageModelV4ToolCall,
  'toolCallId' | 'toolName' | 'input' | 'providerMetadata'
>

/** For an answer that ends in calls of tools and has none: it had one that the SDK could not read. */
export const LOST = {
  type: 'tool_call_invalid',
  id: 'lost',
  name: 'unknown',
  raw: '',
  problem: 'expected a call with the name of a tool, found none that can be read',
} as const satisfies ModelChunk

type Call = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/**
 * The call, or what is wrong with it. Arguments that never came are not taken for empty ones where the tool needs some.
 * @param sent text of the arguments as it was streamed, where it was: the SDK may have mended what it gives in the end
 */
export function toolCall(raw: RawCall, tools: readonly ModelTool[], sent?: string): Call {
  const text = sent !== undefined && isDoubtful(sent, raw.input) ? sent : raw.input
  const read = argumentsOf(text, needed(raw.toolName, tools))
  const call = { id: raw.toolCallId, name: raw.toolName }
  if ('problem' in read)
    return { type: 'tool_call_invalid', ...call, raw: text, problem: read.problem }
  return { type: 'tool_call', ...call, input: read.input, ...metaOf(raw.providerMetadata) }
}

/** True where what was streamed cannot be what the call says now. */
function isDoubtful(sent: string, input: string): boolean {
  return sent !== input && (sent.trim() === '' ? input.trim() === '{}' : !isJson(sent))
}

function argumentsOf(
  text: string,
  required: readonly string[],
): { readonly input: Value } | { readonly problem: string } {
  if (text.trim() === '') return required.length === 0 ? { input: {} } : missing(required)
  try {
    const input: unknown = JSON.parse(text)
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
    return isObject
      ? { input: input as Value }
      : { problem: 'expected a JSON object, found another kind of JSON' }
  } catch (error) {
    return { problem: `expected a JSON object, found broken JSON: ${(error as Error).message}` }
  }
}

function missing(required: readonly string[]): { readonly problem: string } {
  const names = required.map((name) => `'${name}'`).join(', ')
  return { problem: `expected a JSON object with ${names}, found nothing` }
}

function needed(name: string, tools: readonly ModelTool[]): readonly string[] {
  const required = tools.find((tool) => tool.name === name)?.input['required']
  return Array.isArray(required) ? (required as readonly string[]) : []
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
