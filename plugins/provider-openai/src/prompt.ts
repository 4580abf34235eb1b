import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolChoice,
} from '@ai-sdk/provider'
import type { Message, MessagePart, ModelRequest } from '@llmspell/sdk'
import { sentSchema } from './sent-schema.ts'
import type { Api } from './settings.ts'
import { isStrict } from './strict.ts'

/** The request in the words of the AI SDK. */
export function callOptions(
  request: ModelRequest,
  api: Api,
  signal: AbortSignal,
): LanguageModelV4CallOptions {
  const { temperature, topP, seed, stop, maxTokens, schema, tools, toolChoice } = request
  return {
    prompt: request.messages.map(messageOf),
    abortSignal: signal,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(schema === undefined ? {} : { responseFormat: { type: 'json', schema, name: 'answer' } }),
    ...(tools?.length ? { tools: toolsOf(tools, api), toolChoice: choiceOf(toolChoice) } : {}),
    // Nothing is kept on the server: a conversation is sent whole each time.
    providerOptions: {
      openai: {
        strictJsonSchema: isStrict(schema),
        ...(api === 'responses' ? { store: false } : {}),
      },
    },
  }
}

function toolsOf(
  tools: NonNullable<ModelRequest['tools']>,
  api: Api,
): LanguageModelV4FunctionTool[] {
  return tools.map(({ name, description, input }) => ({
    type: 'function',
    name,
    description,
    inputSchema: sentSchema(input),
    // The Responses API would otherwise rewrite schemas to its strict form, where nothing is optional.
    ...(api === 'responses' ? { strict: false } : {}),
  }))
}

function choiceOf(choice = 'auto'): LanguageModelV4ToolChoice {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  return { type: 'tool', toolName: choice }
}

function messageOf({ role, content }: Message): LanguageModelV4Message {
  switch (role) {
    case 'system':
      return {
        role,
        content: content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
      }
    case 'user':
      return { role, content: content.flatMap(userPart) }
    case 'assistant':
      return { role, content: content.flatMap(assistantPart) }
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

/** Reasoning is not sent back: without its signature a server refuses it. */
function assistantPart(
  part: MessagePart,
): (LanguageModelV4TextPart | LanguageModelV4ToolCallPart)[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }]
  if (part.type !== 'tool_call') return []
  return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.input }]
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

/** Text is put into the prompt; other files go as bytes, base64, or the address the server shall fetch. */
function fileOf({
  mime,
  data,
}: Extract<MessagePart, { readonly type: 'file' }>):
  | LanguageModelV4TextPart
  | LanguageModelV4FilePart {
  if (mime.startsWith('text/')) return { type: 'text', text: decoded(data) }
  if (typeof data === 'string' && /^https?:\/\//.test(data)) {
    return { type: 'file', mediaType: mime, data: { type: 'url', url: new URL(data) } }
  }
  const bytes = typeof data === 'string' ? data.replace(/^data:[^,]*,/, '') : data
  return { type: 'file', mediaType: mime, data: { type: 'data', data: bytes } }
}

function decoded(data: Uint8Array | string): string {
  return typeof data === 'string'
    ? Buffer.from(data.replace(/^data:[^,]*,/, ''), 'base64').toString()
    : new TextDecoder().decode(data)
}
