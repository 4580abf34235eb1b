import type { Access } from './permission.ts'
import type { ModelItem, ModelSettings, Provider } from './provider.ts'
import type { CallContext } from './call-context.ts'
import type { Value } from '../values.ts'

/**
 * `record`: all is asked, and the cassette is written anew. `replay`: nothing is asked. `auto`: what the cassette
 * has is answered by it, the rest is asked and added.
 */
export type TapeMode = 'record' | 'replay' | 'auto'

export interface TapeOptions {
  /** The cassette: a JSON file. Relative paths start at the working folder. */
  readonly file: string
  readonly mode: TapeMode
  /** Whether a cassette that is not there counts as an empty one; default false. Only for `replay`. */
  readonly mayMiss?: boolean
}

/** What became of a tape. */
export interface TapeReport {
  readonly recorded: number
  readonly replayed: number
  /** What the cassette has and nobody asked for, one line each. */
  readonly unused: readonly string[]
  /** Requests that the cassette does not have, as they were refused. */
  readonly missed: readonly string[]
  readonly written: boolean
  /** How texts name the cassette: as seen from the working folder. */
  readonly name: string
  /** True where the unused ones were taken out of the cassette. */
  readonly dropped: boolean
}

/** One cassette while it is used. `id` goes into the setting `tape` of the runs that use it. */
export interface OpenTape {
  readonly id: string
  /** How many requests it has recorded so far, those without an answer yet too. */
  readonly recorded: number
  /**
   * Writes what it has recorded so far into another cassette, and goes on.
   * @param keeps says of each request, counted from 0 in their order, whether it is written
   * @returns how many were; nothing is written where none is left
   * @throws CASSETTE_SECRET, CASSETTE_UNWRITABLE
   */
  copy(file: string, keeps: (request: number) => boolean): Promise<number>
  /**
   * Ends it; what was recorded is written, or nothing at all. Once; later calls give the same.
   * @param options `drop`: with the mode `auto`, take out what nobody asked for; a cassette of which nothing is left goes.
   * `discard`: write nothing
   * @throws CASSETTE_SECRET, CASSETTE_UNWRITABLE
   */
  close(options?: { readonly drop?: boolean; readonly discard?: boolean }): Promise<TapeReport>
}

/** A model as it is about to be called. */
export interface TapedModel {
  readonly item: ModelItem
  readonly provider: string
  readonly model: string
  /** Where the caller, and not the host, says that it lives. */
  readonly baseUrl?: string
  readonly settings: Readonly<Record<string, Value | undefined>>
  /** Verbs that its provider has beside questions, such as `embed`; none where it is not installed or not asked. */
  readonly verbs: readonly string[]
  /** True where nobody named it. */
  readonly unnamed: boolean
}

/** What it takes to really call it. */
export interface LiveModel {
  readonly provider: Provider
  readonly settings: ModelSettings
  readonly access: Access
}

/** The tape of one run, as `models` sees it. */
export interface Tape {
  /** True where it may have answers: a model needs no key, no address and no provider before it is really called. */
  readonly answers: boolean
  /** True where nothing is asked: no provider is loaded. */
  readonly offline: boolean
  /** True where everything is answered at once: nobody waits before asking again either. */
  readonly instant: boolean
  /** True for a failure after which nobody asked again when it was recorded. */
  isLast(failure: unknown): boolean
  /** The model that nobody named when it was recorded: `provider/model`. */
  readonly unnamed?: string
  /** What was known of its models when it was recorded, such as prices, by `provider/model`. */
  readonly models: ReadonlyMap<string, ModelItem>
  /** A provider that records and replays. `live` is called where a request has to be asked. */
  provider(model: TapedModel, live: () => Promise<LiveModel>, context: CallContext): Provider
}

/** Service `recorder`: keeps what models answer in cassettes, and answers from them without a network. */
export interface Recorder {
  /** @throws CASSETTE_NOT_FOUND, CASSETTE_INVALID */
  open(options: TapeOptions): Promise<OpenTape>
  /** The tape that the setting `tape` of the run names, else that of the configuration. */
  of(context: CallContext): Tape | undefined
}

declare module '../services.ts' {
  interface Services {
    recorder: Recorder
  }
}
