import { SpellError } from '@llmspell/sdk'
import type { ModelSettings, Value } from '@llmspell/sdk'

type Fields = Readonly<Record<string, unknown>>

/** Fields of the body that are the request itself, in any of the protocols. */
const OURS = ['model', 'messages', 'input', 'contents', 'stream', 'stream_options', 'tools']

/**
 * What a model's settings put into the body of each request.
 * @throws MODEL_INVALID for a setting that would replace the request itself
 */
export function addedFields(
  fields: Readonly<Record<string, Value | undefined>>,
  { provider, model }: ModelSettings,
): Fields {
  const taken = Object.keys(fields).find((key) => OURS.includes(key))
  if (taken === undefined) return fields
  throw new SpellError(
    'MODEL_INVALID',
    `Model '${provider}/${model}' is not valid: expected settings that are no part of the request, found '${taken}'.`,
    { hint: 'Leave it out.' },
  )
}

/** The body with the settings: a table of settings is put into a table that is there already. */
export function withFields(body: Fields, added: Fields): Fields {
  const merged = Object.entries(added).map(([key, value]) => {
    const own = body[key]
    return [key, isFields(own) && isFields(value) ? withFields(own, value) : value] as const
  })
  return { ...body, ...Object.fromEntries(merged) }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
