import { describe, SpellError } from '@llmspell/sdk'
import type {
  LanguageModels,
  ModelCallOptions,
  ModelItem,
  ModelSettings,
  Value,
} from '@llmspell/sdk'
import { ANTHROPIC, versioned } from './rules.ts'

const VERSION = '2023-06-01'
/** A list without an end is no list. */
const PAGES = 20

interface Support {
  readonly supported?: boolean
}

/** One model, as far as it is looked at. Source: https://platform.claude.com/docs/en/api/models-list */
interface Listed {
  readonly id: string
  readonly max_input_tokens?: number
  readonly max_tokens?: number
  readonly capabilities?: Readonly<Record<string, Support>>
}

interface Page {
  readonly data: readonly Listed[]
  readonly has_more?: boolean
  readonly last_id?: string | null
}

/** The models of the account, page by page. */
export async function listModels(
  models: LanguageModels,
  model: ModelSettings,
  options: ModelCallOptions,
): Promise<readonly ModelItem[]> {
  const at = { ...model, baseUrl: versioned(model.baseUrl ?? ANTHROPIC.baseUrl) }
  const headers = { 'anthropic-version': VERSION, [ANTHROPIC.keyHeader]: model.apiKey ?? '' }
  const found: ModelItem[] = []
  let path: string | undefined = '/models?limit=1000'
  for (let page = 0; path !== undefined && page < PAGES; page++) {
    const answer: Value = await models.ask(ANTHROPIC, at, { path, headers }, options)
    const { data, has_more, last_id } = pageOf(answer, model)
    found.push(...data.map(itemOf))
    const more = has_more && last_id
    path = more ? `/models?limit=1000&after_id=${encodeURIComponent(last_id)}` : undefined
  }
  return found
}

function pageOf(answer: Value, { provider }: ModelSettings): Page {
  const found = isTable(answer) ? answer['data'] : answer
  const bad = Array.isArray(found) ? found.find((row) => !isListed(row)) : found
  const rows = Array.isArray(found) && found.every(isListed)
  if (isTable(answer) && rows) return answer as unknown as Page
  const text = `Provider '${provider}' gave no list of models: expected a list 'data' of rows with 'id', found ${describe(bad ?? null)}.`
  throw new SpellError('PROVIDER_FAILED', text, {
    hint: 'Check the base URL.',
    details: { provider, kind: 'malformed', retryable: false },
  })
}

const isListed = (row: Value): boolean => isTable(row) && typeof row['id'] === 'string'

const isTable = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function itemOf({ id, max_input_tokens, max_tokens, capabilities }: Listed): ModelItem {
  return {
    id,
    ...(max_input_tokens ? { context: max_input_tokens } : {}),
    ...(max_tokens ? { maxOutput: max_tokens } : {}),
    ...(capabilities ? { capabilities: capabilitiesOf(capabilities) } : {}),
  }
}

const CAPABILITIES: Readonly<Record<string, string>> = {
  structured_outputs: 'schema',
  thinking: 'reasoning',
  image_input: 'image',
  pdf_input: 'pdf',
}

/** Every model streams and calls tools: the server does not say so of each. */
function capabilitiesOf(given: NonNullable<Listed['capabilities']>): readonly string[] {
  const named = Object.entries(CAPABILITIES).filter(([key]) => given[key]?.supported)
  return ['streaming', 'tools', ...named.map(([, name]) => name)]
}
