import { SpellError, violations } from '@llmspell/sdk'
import type { ErrorRecord, ModelItem } from '@llmspell/sdk'
import type { JsonTable } from './json.ts'

/** Verbs of a provider. */
export type Verb = 'generate' | 'stream' | 'embed' | 'models' | 'status' | 'pull'

/** One request as a cassette has it: nothing that is secret, random or of one machine. */
export interface TapedRequest extends JsonTable {
  readonly call: Verb
  readonly provider: string
  readonly model: string
}

/** One answer. `failure` stands alone, or behind the chunks that came before it. */
export interface TapedResponse {
  readonly chunks?: readonly JsonTable[]
  /** ms from the request to each chunk. */
  readonly at?: readonly number[]
  readonly failure?: ErrorRecord
  readonly left?: true
}

export interface Interaction {
  readonly request: TapedRequest
  readonly response: TapedResponse
}

/** Content of a cassette file. */
export interface Cassette {
  readonly cassette: 1
  readonly unnamed?: string
  readonly models: Readonly<Record<string, Omit<ModelItem, 'id'>>>
  readonly interactions: readonly Interaction[]
}

export const EMPTY: Cassette = { cassette: 1, models: {}, interactions: [] }

/** @throws CASSETTE_INVALID, naming the file and what is wrong in it */
export async function parseCassette(text: string, file: string): Promise<Cassette> {
  const { default: validate } = await import('./generated/cassette.validate.js')
  const value = jsonOf(text, file)
  if (validate(value)) return value as Cassette
  const [first] = violations(validate.errors ?? [])
  throw invalid(file, `'${first?.path}': expected ${first?.expected}, found ${first?.found}`)
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(file, `no JSON: ${(error as Error).message}`)
  }
}

/** @param found what is wrong with it */
export function invalid(file: string, found: string): SpellError {
  return new SpellError('CASSETTE_INVALID', `Cassette '${file}' cannot be used: ${found}.`, {
    hint: 'Take it back from version control, or record it again.',
    details: { cassette: file },
  })
}
