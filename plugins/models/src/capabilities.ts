import { SpellError } from '@llmspell/sdk'
import type { MessagePart, ModelRequest } from '@llmspell/sdk'
import type { ResolvedModel } from './types.ts'

type Facts = Pick<ResolvedModel, 'id' | 'listed' | 'capabilities' | 'context' | 'maxOutput'>
type Size = Pick<ModelRequest, 'messages' | 'tools' | 'schema'>

/** What a request needs, for texts, with the capability that gives it. */
interface Need {
  readonly what: string
  readonly capability: string
}

const MEDIA: readonly (readonly [RegExp, string])[] = [
  [/^image\//, 'image'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^application\/pdf$/, 'pdf'],
]
const CHARS_PER_TOKEN = 4
/** How far above the context an estimate must be before a request is held back for it. */
const MARGIN = 1.5

/**
 * Holds back what the model's list says it cannot do, before anything is sent. Of a model that is not listed nothing is
 * known and nothing is refused.
 * @throws MODEL_LACKS_CAPABILITY, MODEL_LIMIT_EXCEEDED
 */
export function refuseBeyond(model: Facts, request: ModelRequest): void {
  if (!model.listed) return
  if (model.capabilities.length > 0) refuseMissing(model, request)
  refuseTooLong(model, request)
}

function refuseMissing(model: Facts, request: ModelRequest): void {
  for (const { what, capability } of needsOf(request))
    if (!model.capabilities.includes(capability)) throw lacks(model.id, what, capability)
}

function* needsOf({ messages, tools, schema }: ModelRequest): Generator<Need> {
  if (tools?.length) yield { what: 'tools', capability: 'tools' }
  if (schema !== undefined) yield { what: 'a schema for its answer', capability: 'schema' }
  for (const part of messages.flatMap(({ content }) => content)) {
    if (part.type !== 'file') continue
    const capability = MEDIA.find(([pattern]) => pattern.test(part.mime))?.[1]
    if (capability !== undefined) yield { what: `'${part.mime}'`, capability }
  }
}

function refuseTooLong({ id, context, maxOutput }: Facts, request: ModelRequest): void {
  const { maxTokens } = request
  if (maxOutput !== undefined && maxTokens !== undefined && maxTokens > maxOutput)
    throw exceeds(id, 'max_output', `an answer of ${maxTokens} tokens`, maxTokens, maxOutput)
  const tokens = context === undefined ? 0 : estimate(request)
  if (context !== undefined && tokens > context * MARGIN)
    throw exceeds(id, 'context', `a request of about ${tokens} tokens`, tokens, context)
}

/** Tokens of a request, by its characters; files that are no text are not counted. */
export function estimate({ messages, tools = [], schema }: Size): number {
  const parts = messages.flatMap(({ content }) => content)
  const said = parts.reduce((sum, part) => sum + lengthOf(part), 0)
  const offered = [...tools, ...(schema === undefined ? [] : [schema])]
  const described = offered.reduce<number>((sum, each) => sum + JSON.stringify(each).length, 0)
  return Math.ceil((said + described) / CHARS_PER_TOKEN)
}

function lengthOf(part: MessagePart): number {
  if (part.type === 'file') return part.mime.startsWith('text/') ? part.data.length : 0
  if (part.type === 'tool_call') return part.name.length + JSON.stringify(part.input).length
  return part.text.length
}

function lacks(model: string, what: string, capability: string): SpellError {
  return new SpellError(
    'MODEL_LACKS_CAPABILITY',
    `Model '${model}' does not take ${what}: it lacks '${capability}'. Nothing was sent.`,
    {
      hint: `Choose a model with '${capability}': llmspell model list --capability ${capability}`,
      details: { model, what, capability },
    },
  )
}

function exceeds(
  model: string,
  limit: 'context' | 'max_output',
  what: string,
  found: number,
  max: number,
): SpellError {
  const hint =
    limit === 'context'
      ? 'Send less of the conversation, or choose a model with a longer context.'
      : `Set max_tokens to ${max} or less.`
  return new SpellError(
    'MODEL_LIMIT_EXCEEDED',
    `Model '${model}' has no room for ${what}: expected at most ${max}. Nothing was sent.`,
    { hint, details: { model, limit, found, max } },
  )
}
