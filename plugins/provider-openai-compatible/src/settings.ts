import { describe, SpellError } from '@llmspell/sdk'
import type { ModelSettings, Value } from '@llmspell/sdk'
import type { Preset } from './presets.ts'

type Texts = Readonly<Record<string, string>>

/** `settings` of a model: ours, and what is put into the body of each request as it is. */
export interface CompatibleSettings {
  /** Put behind the address of each request: `{ "api-version": "2024-10-21" }`. */
  readonly query: Texts
  readonly headers: Texts
  readonly keyHeader: string
  readonly structured: 'schema' | 'object'
  readonly body: { readonly [key: string]: Value | undefined }
}

/** @throws MODEL_INVALID */
export function readSettings(model: ModelSettings, preset: Preset): CompatibleSettings {
  const { query, headers, key_header, structured, ...body } = model.settings ?? {}
  const { keyHeader = 'authorization', structured: usual = 'schema' } = preset
  return {
    body,
    query: texts(model, 'query', query),
    headers: texts(model, 'headers', headers),
    keyHeader: text(model, 'key_header', key_header)?.toLowerCase() ?? keyHeader,
    structured: shape(model, structured) ?? usual,
  }
}

/** The key in the header where the server looks for it; nothing without a key. */
export function keyHeaders({ apiKey }: ModelSettings, { keyHeader }: CompatibleSettings): Texts {
  if (!apiKey) return {}
  return { [keyHeader]: keyHeader === 'authorization' ? `Bearer ${apiKey}` : apiKey }
}

function texts(model: ModelSettings, key: string, value: Value | undefined): Texts {
  if (value === undefined || value === null) return {}
  const isTable = typeof value === 'object' && !Array.isArray(value)
  if (isTable && Object.values(value).every((each) => typeof each === 'string'))
    return value as Texts
  throw invalid(model, `'settings.${key}' to be a table of texts`, value)
}

function text(model: ModelSettings, key: string, value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value !== '') return value
  throw invalid(model, `'settings.${key}' to be a text`, value)
}

function shape(
  model: ModelSettings,
  value: Value | undefined,
): CompatibleSettings['structured'] | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'schema' || value === 'object') return value
  throw invalid(model, "'settings.structured' to be 'schema' or 'object'", value)
}

function invalid({ provider, model }: ModelSettings, expected: string, found: Value): SpellError {
  const text = `Model '${provider}/${model}' is not valid: expected ${expected}, found ${describe(found)}.`
  return new SpellError('MODEL_INVALID', text, { hint: `Change it, or leave it out.` })
}
