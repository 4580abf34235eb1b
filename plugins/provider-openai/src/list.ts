import { describe, SpellError } from '@llmspell/sdk'
import type {
  LanguageModelRules,
  LanguageModels,
  ModelCallOptions,
  ModelItem,
  ModelSettings,
  Value,
} from '@llmspell/sdk'

/** What the account may use, by name: sizes and prices are in the manifest. */
export async function listModels(
  models: LanguageModels,
  rules: LanguageModelRules,
  model: ModelSettings,
  options: ModelCallOptions,
): Promise<readonly ModelItem[]> {
  const headers = { authorization: `Bearer ${model.apiKey ?? ''}` }
  const said = await models.ask(rules, model, { path: '/models', headers }, options)
  const { data } = (said ?? {}) as { readonly data?: Value }
  const rows: readonly unknown[] = Array.isArray(data) ? data : [data]
  const items = rows.flatMap((row) => {
    const { id } = (row ?? {}) as { readonly id?: unknown }
    return typeof id === 'string' ? [{ id }] : []
  })
  if (items.length === 0 && rows.length > 0) throw noList(model, data)
  return items
}

function noList({ provider }: ModelSettings, found: Value | undefined): SpellError {
  const text = `Provider '${provider}' gave no list of models: expected a list 'data' of rows with 'id', found ${describe(found ?? null)}.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Check the base URL; many end in /v1.',
    details: { provider, kind: 'malformed', retryable: false },
  })
}
