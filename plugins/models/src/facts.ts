import type { ErrorRecord } from '@llmspell/sdk'
import type { ChosenBy } from './types.ts'

/** One model of a list. Sizes in tokens, prices in US dollars per million tokens; what is not known is absent. */
export interface ModelRow {
  /** `provider/model`. */
  readonly id: string
  readonly provider: string
  readonly mock: boolean
  /** Its server says that it has it; absent: the list of its provider does. */
  readonly live?: boolean
  readonly context?: number
  readonly max_output?: number
  readonly price_in?: number
  readonly price_out?: number
  readonly price_cached?: number
  readonly capabilities: readonly string[]
}

export interface ModelFilter {
  readonly provider?: string | undefined
  readonly capability?: string | undefined
  /** Servers are asked what they have. */
  readonly live?: boolean
}

export interface ModelList {
  readonly rows: readonly ModelRow[]
  /** Providers that were asked and failed. */
  readonly failures: readonly { readonly provider: string; readonly error: ErrorRecord }[]
}

/** Where a key is looked for; never its value. */
export interface KeyPlace {
  /** As it is written: `env:OPENAI_API_KEY`. Absent for a literal key, and where none is looked for. */
  readonly reference?: string
  /** False where calls go without. */
  readonly needed: boolean
  readonly found: boolean
  readonly source?: 'environment' | 'dotenv' | 'file' | 'configuration'
}

/** All that is known of one model before it is called. */
export interface ModelFacts extends ModelRow {
  /** Of its provider. */
  readonly description: string
  readonly listed: boolean
  readonly chosen_by: ChosenBy
  readonly base_url?: string
  readonly key: KeyPlace
}

/** One provider and whether its server answers; `unasked`: it can only be asked a question. */
export interface ServerRow {
  readonly provider: string
  readonly mock: boolean
  readonly state: 'answers' | 'silent' | 'off' | 'unasked'
  readonly address?: string
  readonly ms?: number
  readonly version?: string
  /** How many it has. */
  readonly models?: number
  readonly reason?: string
  readonly error?: ErrorRecord
}
