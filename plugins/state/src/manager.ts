import { isAbsolute } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { ExtensionRegistry, Logger, StateBackend, StateManager } from '@llmspell/sdk'
import type { StateConfig } from './generated/config.ts'

const SWEEP_EVERY_MS = 60_000
const SWEEP_AT_ONCE = 10_000

/** The one store of an installation: opened when somebody first asks, closed with the kernel. */
export class Manager implements StateManager {
  readonly #config: StateConfig
  readonly #extensions: ExtensionRegistry
  readonly #logger: Logger
  readonly #signal: AbortSignal
  #opening: Promise<StateBackend> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    config: StateConfig,
    extensions: ExtensionRegistry,
    logger: Logger,
    signal: AbortSignal,
  ) {
    this.#config = config
    this.#extensions = extensions
    this.#logger = logger
    this.#signal = signal
  }

  backend(): Promise<StateBackend> {
    if (this.#signal.aborted) return Promise.reject(stopping())
    this.#opening ??= this.#open().catch((error: unknown) => {
      // Whoever asks later finds it free again, perhaps.
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const backend = await this.#opening?.catch(() => undefined)
    await backend?.close()
  }

  async #open(): Promise<StateBackend> {
    const { store, folder } = this.#config
    if (folder !== undefined && !isAbsolute(folder)) throw relative(folder)
    const factory = await this.#extensions.get('stores', store)
    const backend = factory.create(folder === undefined ? {} : { folder })
    await backend.open({ signal: this.#signal })
    this.#timer = setInterval(() => void this.#sweep(backend), SWEEP_EVERY_MS).unref()
    return backend
  }

  async #sweep(backend: StateBackend): Promise<void> {
    try {
      await backend.sweep(Date.now(), SWEEP_AT_ONCE)
    } catch (error) {
      this.#logger.warn('What has expired in the store could not be removed.', { error })
    }
  }
}

function relative(folder: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The folder '${folder}' cannot hold the store: expected an absolute path, found a relative one.`,
    { hint: "Write the whole path at 'plugins.state.folder'." },
  )
}

function stopping(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The store is not open: expected a running 'kernel', found one that stops.",
    { hint: 'Start another kernel.' },
  )
}
