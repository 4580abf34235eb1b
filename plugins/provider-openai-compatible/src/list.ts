import { describe, SpellError } from '@llmspell/sdk'
import type {
  LanguageModels,
  ModelCallOptions,
  ModelItem,
  ModelSettings,
  Value,
} from '@llmspell/sdk'
import type { Preset } from './presets.ts'
import { rulesOf } from './rules.ts'
import { keyHeaders, readSettings } from './settings.ts'

type Fields = { readonly [key: string]: Value | undefined }

/** What the server says it has. */
export async function listModels(
  models: LanguageModels,
  preset: Preset,
  model: ModelSettings,
  options: ModelCallOptions,
): Promise<readonly ModelItem[]> {
  const settings = readSettings(model, preset)
  const query = new URLSearchParams(settings.query).toString()
  const headers = { ...settings.headers, ...keyHeaders(model, settings) }
  const path = `/models${query === '' ? '' : `?${query}`}`
  const said = await models.ask(rulesOf(preset), model, { path, headers }, options)
  const rows = Array.isArray(said) ? said : fieldsOf(said)['data']
  if (!Array.isArray(rows)) throw noList(model, rows)
  const items = rows.map(fieldsOf).flatMap((row) => itemOf(row) ?? [])
  // A row that is none may be a news of the server; none that is one is another kind of server.
  if (items.length === 0 && rows.length > 0) throw noList(model, rows[0])
  return items
}

function noList({ provider }: ModelSettings, found: Value | undefined): SpellError {
  const text = `Provider '${provider}' gave no list of models: expected a list 'data' of rows with 'id', found ${describe(found ?? null)}.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Check the base URL; many end in /v1.',
    details: { provider, kind: 'malformed', retryable: false },
  })
}

/** Each server names sizes and prices in its own way. */
function itemOf(row: Fields): ModelItem | undefined {
  const id = row['id']
  if (typeof id !== 'string') return undefined
  const top = fieldsOf(row['top_provider'])
  const meta = fieldsOf(row['meta'])
  const context = numberIn(
    [row, 'context_length', 'context_window', 'max_context_length', 'max_model_len'],
    [meta, 'n_ctx', 'n_ctx_train'],
  )
  const maxOutput = numberIn([top, 'max_completion_tokens'], [row, 'max_completion_tokens'])
  const capabilities = capabilitiesOf(row)
  return {
    id,
    ...(context === undefined ? {} : { context }),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...pricesOf(fieldsOf(row['pricing'])),
    ...(capabilities.length === 0 ? {} : { capabilities }),
  }
}

/** OpenRouter: dollars per token, as text. Together: dollars per million tokens. */
function pricesOf({ prompt, completion, input, output }: Fields): Partial<ModelItem> {
  const perToken = (value: Value | undefined): number | undefined =>
    typeof value === 'string' ? Number((Number(value) * 1e6).toPrecision(6)) : undefined
  const perMillion = (value: Value | undefined): number | undefined =>
    typeof value === 'number' ? value : undefined
  const priceIn = perToken(prompt) ?? perMillion(input)
  const priceOut = perToken(completion) ?? perMillion(output)
  return {
    ...(isPrice(priceIn) ? { priceIn } : {}),
    ...(isPrice(priceOut) ? { priceOut } : {}),
  }
}

/** A negative one stands for a price that is known only after the answer. */
function isPrice(price: number | undefined): price is number {
  return price !== undefined && price >= 0
}

const PARAMETERS: Readonly<Record<string, string>> = {
  tools: 'tools',
  structured_outputs: 'schema',
  reasoning: 'reasoning',
}

/** Of OpenRouter (modalities and parameters) and Mistral (a table of yes and no). */
function capabilitiesOf(row: Fields): readonly string[] {
  const inputs = list(fieldsOf(row['architecture'])['input_modalities'])
  const parameters = list(row['supported_parameters']).flatMap((name) => PARAMETERS[name] ?? [])
  const can = fieldsOf(row['capabilities'])
  const all = [
    ...parameters,
    ...inputs.filter((name) => ['image', 'audio', 'video'].includes(name)),
    ...(inputs.includes('file') ? ['pdf'] : []),
    ...(can['function_calling'] === true ? ['tools'] : []),
    ...(can['vision'] === true ? ['image'] : []),
  ]
  return all.length === 0 ? [] : ['streaming', ...new Set(all)]
}

function numberIn(...places: readonly (readonly [Fields, ...string[]])[]): number | undefined {
  const values = places.flatMap(([fields, ...keys]) => keys.map((key) => fields[key]))
  return values.find((value): value is number => typeof value === 'number' && value > 0)
}

function list(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function fieldsOf(value: Value | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {}
}
