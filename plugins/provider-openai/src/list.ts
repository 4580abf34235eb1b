import type {
  LanguageModelRules,
  LanguageModels,
  ModelCallOptions,
  ModelItem,
  ModelSettings,
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
  const rows = (said as { readonly data?: readonly { readonly id?: unknown }[] }).data ?? []
  return rows.flatMap(({ id }) => (typeof id === 'string' ? [{ id }] : []))
}
