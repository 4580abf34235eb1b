import type { Kernel } from '@llmspell/kernel'
import type { ErrorRecord, PullProgress, Services } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'

/** What we ask of the service `models`, whichever plugin provides it. */
export interface Models {
  info(spec?: string): Promise<ModelFacts>
  list(): Promise<readonly Provider[]>
  models(filter: ModelFilter, signal: AbortSignal): Promise<ModelList>
  status(provider: string | undefined, signal: AbortSignal): Promise<readonly ServerRow[]>
  pull(spec: string, signal: AbortSignal): AsyncIterable<PullProgress>
}

export interface Provider {
  readonly name: string
  readonly mock: boolean
  readonly available: boolean
  readonly keyed: boolean
}

export interface ModelFilter {
  readonly provider?: string | undefined
  readonly capability?: string | undefined
  readonly live?: boolean
}

/** Prices in US dollars per million tokens. */
export interface ModelRow {
  readonly id: string
  readonly provider: string
  readonly mock: boolean
  readonly live?: boolean
  readonly context?: number
  readonly max_output?: number
  readonly price_in?: number
  readonly price_out?: number
  readonly price_cached?: number
  readonly capabilities: readonly string[]
}

export interface ModelList {
  readonly rows: readonly ModelRow[]
  readonly failures: readonly { readonly provider: string; readonly error: ErrorRecord }[]
}

export interface ModelFacts extends ModelRow {
  readonly description: string
  readonly listed: boolean
  readonly chosen_by: string
  readonly base_url?: string
  readonly key: KeyPlace
}

export interface KeyPlace {
  readonly reference?: string
  readonly needed: boolean
  readonly found: boolean
  readonly source?: 'environment' | 'dotenv' | 'file' | 'configuration'
}

export interface ServerRow {
  readonly provider: string
  readonly mock: boolean
  readonly state: 'answers' | 'silent' | 'off' | 'unasked'
  readonly address?: string
  readonly ms?: number
  readonly version?: string
  readonly models?: number
  readonly reason?: string
  readonly error?: ErrorRecord
}

/** The service and the kernel that it is in. */
export async function modelsOf(stage: Stage): Promise<{ kernel: Kernel; models: Models }> {
  const kernel = await stage.open(await stage.config())
  const models = (await kernel.use('models' as keyof Services)) as unknown as Models
  return { kernel, models }
}
