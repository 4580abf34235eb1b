import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ToolChoice,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { LanguageModelRules, ModelRequest } from '@llmspell/sdk'
import { messageOf } from './messages.ts'
import { sentSchema } from './sent-schema.ts'

/** What of a request differs from one provider to another. */
export interface PromptRules {
  /** The SDK's name of the provider. */
  readonly name: string
  readonly own: ReturnType<NonNullable<LanguageModelRules['options']>>
  readonly lacks: NonNullable<LanguageModelRules['lacks']>
}

/** The request in the words of the AI SDK. */
export function callOptions(
  request: ModelRequest,
  { name, own, lacks }: PromptRules,
  signal: AbortSignal,
): LanguageModelV4CallOptions {
  const { temperature, topP, maxTokens, schema, tools, toolChoice } = request
  const seed = lacks.includes('seed') ? undefined : request.seed
  const stop = lacks.includes('stop') ? undefined : request.stop
  return {
    prompt: request.messages.map((message) => messageOf(message, name)),
    abortSignal: signal,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(schema === undefined ? {} : { responseFormat: formatOf(schema) }),
    ...(tools?.length ? { tools: toolsOf(tools), toolChoice: choiceOf(toolChoice) } : {}),
    providerOptions: own as SharedV4ProviderOptions,
  }
}

function formatOf(schema: NonNullable<ModelRequest['schema']>) {
  return { type: 'json' as const, schema, name: 'answer' }
}

function toolsOf(tools: NonNullable<ModelRequest['tools']>): LanguageModelV4FunctionTool[] {
  return tools.map(({ name, description, input }) => ({
    type: 'function',
    name,
    description,
    inputSchema: sentSchema(input),
  }))
}

function choiceOf(choice = 'auto'): LanguageModelV4ToolChoice {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  return { type: 'tool', toolName: choice }
}
