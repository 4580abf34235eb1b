import { resolve } from 'node:path'
import { isSpellError, SpellError } from '@llmspell/sdk'
import type { CallContext, OpenTape, Recorder, Tape, TapeOptions } from '@llmspell/sdk'
import type { ReplayConfig } from './generated/config.ts'
import type { Reel } from './reel.ts'
import type { Volatile } from './request.ts'

/** The tapes of a host: those that were opened, and the one of its configuration. */
export class Tapes implements Recorder {
  readonly #config: ReplayConfig
  readonly #open = new Map<string, Reel>()
  #count = 0
  #own: Reel | SpellError | undefined

  constructor(config: ReplayConfig) {
    this.#config = config
  }

  /** Opens the cassette of the configuration. One that cannot be used fails each call of a model, not the start. */
  async begin(): Promise<void> {
    const { cassette, mode } = this.#config
    if (cassette === undefined) return
    this.#own = await this.open({ file: cassette, mode }).then(
      (tape) => tape as Reel,
      (error: unknown) => {
        if (isSpellError(error)) return error
        throw error
      },
    )
  }

  async open(options: TapeOptions): Promise<OpenTape> {
    const { Reel } = await import('./reel.ts')
    const { mustBeWritable, readCassette } = await import('./files.ts')
    const { EMPTY } = await import('./cassette.ts')
    const { mode, mayMiss = false } = options
    const file = resolve(options.file)
    const volatile = this.#config.volatile.map(compiled)
    const paced = this.#config.pace === 'recorded'
    const isNew = mode === 'record'
    if (mode !== 'replay') await mustBeWritable(file)
    const before = isNew ? EMPTY : await readCassette(file, mayMiss || mode === 'auto')
    const id = `tape_${++this.#count}`
    const onClose = (): void => void this.#open.delete(id)
    const reel = new Reel({ id, file, mode, paced, volatile, onClose }, before)
    this.#open.set(id, reel)
    return reel
  }

  of({ settings }: CallContext): Tape | undefined {
    const { tape: id } = settings
    if (id === undefined || id === null) return this.#ofConfig()
    const found = typeof id === 'string' ? this.#open.get(id) : undefined
    if (found) return found
    // Never as if nothing was said: it would call the model.
    throw new SpellError('CASSETTE_INVALID', `The run's setting 'tape' names no open cassette.`, {
      hint: "Open one with the service 'recorder', and hand over its id.",
    })
  }

  /** Writes what the tape of the configuration has recorded. */
  async end(): Promise<void> {
    if (this.#own && !(this.#own instanceof SpellError)) await this.#own.close()
  }

  #ofConfig(): Tape | undefined {
    if (this.#own instanceof SpellError) throw this.#own
    return this.#own
  }
}

function compiled({ pattern, as }: ReplayConfig['volatile'][number]): Volatile {
  try {
    return { pattern: new RegExp(pattern, 'gu'), as }
  } catch (error) {
    const text = `The pattern '${pattern}' of plugins.provider-replay.volatile is no regular expression: ${(error as Error).message}.`
    throw new SpellError('CASSETTE_INVALID', text, { hint: 'Correct it.' })
  }
}
