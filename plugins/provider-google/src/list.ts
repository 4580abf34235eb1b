import { describe, SpellError } from '@llmspell/sdk'
import type {
  LanguageModels,
  ModelCallOptions,
  ModelItem,
  ModelSettings,
  Value,
} from '@llmspell/sdk'
import { GOOGLE, versioned } from './rules.ts'

/** A list without an end is no list. */
const PAGES = 20

/** One model, as far as it is looked at. Source: https://ai.google.dev/api/models */
interface Listed {
  readonly name: string
  readonly inputTokenLimit?: number
  readonly outputTokenLimit?: number
  readonly supportedGenerationMethods?: readonly string[]
  readonly thinking?: boolean
}

interface Page {
  readonly models: readonly Listed[]
  readonly nextPageToken?: string
}

/** The models that answer questions, page by page. */
export async function listModels(
  models: LanguageModels,
  model: ModelSettings,
  options: ModelCallOptions,
): Promise<readonly ModelItem[]> {
  const at = { ...model, baseUrl: versioned(model.baseUrl ?? GOOGLE.baseUrl) }
  const headers = { [GOOGLE.keyHeader]: model.apiKey ?? '' }
  const found: ModelItem[] = []
  let path: string | undefined = '/models?pageSize=1000'
  for (let page = 0; path !== undefined && page < PAGES; page++) {
    const answer: Value = await models.ask(GOOGLE, at, { path, headers }, options)
    const { models: listed, nextPageToken } = pageOf(answer, model)
    found.push(...listed.filter(answers).map(itemOf))
    path = nextPageToken && `/models?pageSize=1000&pageToken=${encodeURIComponent(nextPageToken)}`
  }
  return found
}

function pageOf(answer: Value, { provider }: ModelSettings): Page {
  const found = isTable(answer) ? answer['models'] : answer
  const bad = Array.isArray(found) ? found.find((row) => !isListed(row)) : found
  const rows = Array.isArray(found) && found.every(isListed)
  if (isTable(answer) && rows) return answer as unknown as Page
  const text = `Provider '${provider}' gave no list of models: expected a list 'models' of rows with 'name', found ${describe(bad ?? null)}.`
  throw new SpellError('PROVIDER_FAILED', text, {
    hint: 'Check the base URL.',
    details: { provider, kind: 'malformed', retryable: false },
  })
}

const isListed = (row: Value): boolean => isTable(row) && typeof row['name'] === 'string'

const isTable = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const answers = ({ supportedGenerationMethods: verbs }: Listed): boolean =>
  verbs?.includes('generateContent') ?? true

function itemOf({ name, inputTokenLimit, outputTokenLimit, thinking }: Listed): ModelItem {
  return {
    id: name.replace(/^models\//, ''),
    ...(inputTokenLimit === undefined ? {} : { context: inputTokenLimit }),
    ...(outputTokenLimit === undefined ? {} : { maxOutput: outputTokenLimit }),
    ...(thinking ? { capabilities: ['streaming', 'reasoning'] } : {}),
  }
}
