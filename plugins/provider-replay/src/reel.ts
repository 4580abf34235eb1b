import { resolve } from 'node:path'
import { isSpellError } from '@llmspell/sdk'
import type {
  CallContext,
  LiveModel,
  ModelItem,
  OpenTape,
  Provider,
  SpellError,
  Tape,
  TapedModel,
  TapeMode,
  TapeReport,
} from '@llmspell/sdk'
import type { Cassette, TapedRequest } from './cassette.ts'
import { Deck } from './deck.ts'
import { nameOf, readBytes, removeCassette, writeCassette } from './files.ts'
import type { Volatile } from './request.ts'
import { SecretScan } from './secrets.ts'
import { tapedProvider } from './taped-provider.ts'

/** What a reel goes by. */
export interface ReelOptions {
  readonly id: string
  readonly file: string
  readonly mode: TapeMode
  readonly paced: boolean
  readonly volatile: readonly Volatile[]
  readonly onClose: () => void
}

/** One cassette in use: the tape that `models` sees, and the one that a host closes. */
export class Reel implements Tape, OpenTape {
  readonly id: string
  readonly deck: Deck
  readonly paced: boolean
  readonly volatile: readonly Volatile[]
  readonly models: ReadonlyMap<string, ModelItem>
  readonly unnamed?: string
  readonly #options: ReelOptions
  readonly #redacts = new Map<string, CallContext>()
  readonly #last = new WeakSet<SpellError>()
  #broken: SpellError | undefined
  #closing: Promise<TapeReport> | undefined

  constructor(options: ReelOptions, before: Cassette) {
    this.#options = options
    this.id = options.id
    this.paced = options.paced
    this.volatile = options.volatile
    this.deck = new Deck(this.name, options.mode, before)
    const items = Object.entries(before.models).map(([id, item]) => {
      return [id, { id: id.slice(id.indexOf('/') + 1), ...item }] as const
    })
    this.models = new Map(this.answers ? items : [])
    if (before.unnamed !== undefined && this.answers) this.unnamed = before.unnamed
  }

  /** For texts: never the path of this machine. */
  get name(): string {
    return nameOf(this.#options.file)
  }

  get answers(): boolean {
    return this.#options.mode !== 'record'
  }

  get offline(): boolean {
    return this.#options.mode === 'replay'
  }

  get instant(): boolean {
    return this.#options.mode === 'replay' && !this.paced
  }

  get broken(): boolean {
    return this.#broken !== undefined
  }

  provider(model: TapedModel, live: () => Promise<LiveModel>, context: CallContext): Provider {
    return tapedProvider(this, model, live, context)
  }

  /** Content of a file beside the cassette. @throws CASSETTE_INVALID */
  file(name: string, hash: string): Promise<Uint8Array> {
    return readBytes(this.#options.file, name, hash)
  }

  /** Ends the recording with what `look` throws. */
  guard(look: () => void): void {
    if (this.#broken) throw this.#broken
    try {
      look()
    } catch (error) {
      if (isSpellError(error)) this.#broken = error
      throw error
    }
  }

  /** Remembers a run for its secrets: more of them may be known at the end. */
  seen(context: CallContext): void {
    this.#redacts.set(context.runId, context)
  }

  /** Notes a replayed failure: whether it was the last attempt is known by the next one. */
  failed(request: TapedRequest, failure: SpellError): SpellError {
    const attempt = Number(request['attempt'] ?? 1) + 1
    if (!this.deck.holds({ ...request, attempt })) this.#last.add(failure)
    return failure
  }

  isLast(failure: unknown): boolean {
    return this.offline && this.#last.has(failure as SpellError)
  }

  get recorded(): number {
    return this.deck.recorded
  }

  async copy(file: string, keeps: (request: number) => boolean): Promise<number> {
    if (this.#broken) throw this.#broken
    const part = this.deck.part(keeps)
    if (part.interactions.length > 0) await this.#write(part, resolve(file))
    return part.interactions.length
  }

  close({ drop = false, discard = false } = {}): Promise<TapeReport> {
    this.#options.onClose()
    return (this.#closing ??= this.#close(drop, discard))
  }

  async #close(drop: boolean, discard: boolean): Promise<TapeReport> {
    if (this.#broken && !discard) throw this.#broken
    const { recorded, replayed, unused, missed } = this.deck
    const { name } = this
    const { mode } = this.#options
    const dropped = drop && mode === 'auto' && unused.length > 0
    const written = !discard && (mode === 'record' || (mode === 'auto' && recorded > 0) || dropped)
    if (written) await this.#end(this.deck.result(dropped), dropped)
    return { recorded, replayed, unused, missed: [...missed], written, name, dropped }
  }

  #end(cassette: Cassette, dropped: boolean): Promise<void> {
    const { file } = this.#options
    const isEmpty = dropped && cassette.interactions.length === 0
    return isEmpty ? removeCassette(file) : this.#write(cassette, file)
  }

  async #write(cassette: Cassette, file: string): Promise<void> {
    const { sidecar } = this.deck
    for (const context of this.#redacts.values()) {
      const scan = new SecretScan(context)
      scan.all(cassette.interactions)
      scan.files(sidecar)
    }
    await writeCassette(file, cassette, sidecar)
  }
}
