import { SpellError } from '@llmspell/sdk'
import type { Logger, ModelRequest, ModelSettings, ModelTool, Schema, Value } from '@llmspell/sdk'
import { messagesOf } from './messages.ts'
import type { Fields } from './wire.ts'

/** Fields of the body that are the request itself. */
const OURS = ['model', 'messages', 'stream', 'tools', 'format', 'options']
/** Settings that stand beside the options of the model in the body. */
const BESIDE = ['think', 'keep_alive', 'truncate', 'shift', 'logprobs', 'top_logprobs']

/** Settings of the model: fields of the body, and options of the model such as `num_ctx`. @throws MODEL_INVALID */
export function settingsOf(model: ModelSettings): {
  readonly beside: Fields
  readonly options: Fields
} {
  const all = Object.entries(model.settings ?? {}).filter(([, value]) => value !== undefined)
  const taken = all.find(([key]) => OURS.includes(key))
  if (taken) throw invalid(model, taken[0])
  const of = (isBeside: boolean): Fields =>
    Object.fromEntries(all.filter(([key]) => BESIDE.includes(key) === isBeside))
  return { beside: of(true), options: of(false) }
}

/**
 * Body of POST /api/chat. A question that is longer than the context is an error and not silently cut, unless
 * `truncate` is set.
 * @throws MODEL_INVALID, MODEL_LACKS_CAPABILITY
 */
export function chatBody(
  model: ModelSettings,
  request: ModelRequest,
  stream: boolean,
  logger: Logger,
): Fields {
  const { beside, options } = settingsOf(model)
  const tools = offered(model, request, logger)
  return {
    model: model.model,
    messages: messagesOf(request.messages, model),
    stream,
    truncate: false,
    ...beside,
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(request.schema === undefined ? {} : { format: plainSchema(request.schema) }),
    options: { ...options, ...optionsOf(request) },
  }
}

function optionsOf({ temperature, topP, seed, stop, maxTokens }: ModelRequest): Fields {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
  }
}

/** The protocol cannot demand a call: all that can be done is to offer one tool alone, or none. */
function offered(
  { provider, model }: ModelSettings,
  { tools = [], toolChoice = 'auto' }: ModelRequest,
  logger: Logger,
): readonly ModelTool[] {
  if (toolChoice === 'auto') return tools
  if (toolChoice === 'none') return []
  if (tools.length > 0)
    logger.warn(`Model '${provider}/${model}', toolChoice: Ollama cannot be told to call a tool.`)
  return toolChoice === 'required' ? tools : tools.filter(({ name }) => name === toolChoice)
}

function toolOf({ name, description, input }: ModelTool): Fields {
  return { type: 'function', function: { name, description, parameters: plainSchema(input) } }
}

/** Without the keywords of this house, at any depth. Names of properties and data are no keywords. */
function plainSchema(schema: Schema): Fields {
  return plain(schema) as Fields
}

const BY_NAME = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])
const DATA = new Set(['const', 'enum', 'default', 'examples', 'required'])

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-'))
  return Object.fromEntries(kept.map(([key, inner]) => [key, under(key, inner)]))
}

function under(key: string, value: unknown): unknown {
  if (DATA.has(key)) return value
  if (!BY_NAME.has(key) || typeof value !== 'object' || value === null) return plain(value)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

function invalid({ provider, model }: ModelSettings, key: string): SpellError {
  const details: Value = { model: `${provider}/${model}`, key }
  return new SpellError(
    'MODEL_INVALID',
    `Model '${provider}/${model}' is not valid: expected settings that are no part of the request, found '${key}'.`,
    {
      hint: 'Leave it out; options of the model such as num_ctx stand in settings themselves.',
      details,
    },
  )
}
