import { isAbsolute, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type {
  ExtensionRegistry,
  HookPoint,
  Logger,
  Migration,
  MigrationItem,
  MigrationReport,
  StateBackend,
  StateBackups,
  StateHealth,
  StateManager,
} from '@llmspell/sdk'
import type { StateConfig } from './generated/config.ts'
import { asked } from './points.ts'

const SWEEP_EVERY_MS = 60_000
const SWEEP_AT_ONCE = 10_000
/** As in @llmspell/sdk/store, which is not loaded for it. */
const STATE_SCOPE = { tenant: 'local', kind: 'plugin', id: 'state' } as const

export interface ManagerParts {
  readonly config: StateConfig
  readonly extensions: ExtensionRegistry
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly point: HookPoint<'state.migration'>
}

/** The one store of an installation: opened when somebody first asks, closed with the kernel. */
export class Manager implements StateManager {
  readonly #config: StateConfig
  readonly #extensions: ExtensionRegistry
  readonly #logger: Logger
  readonly #signal: AbortSignal
  readonly #point: HookPoint<'state.migration'>
  #opening: Promise<StateBackend> | undefined
  #backups: Promise<StateBackups> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ config, extensions, logger, signal, point }: ManagerParts) {
    this.#config = config
    this.#extensions = extensions
    this.#logger = logger
    this.#signal = signal
    this.#point = point
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

  backups(): Promise<StateBackups> {
    return (this.#backups ??= this.#openBackups())
  }

  async doctor(options: { readonly signal?: AbortSignal } = {}): Promise<StateHealth> {
    const { inspectStore } = await import('@llmspell/sdk/store')
    return inspectStore(await this.backend(), options)
  }

  async migrate(options: Parameters<StateManager['migrate']>[0] = {}): Promise<MigrationReport> {
    const { migrate } = await import('@llmspell/sdk/store')
    const { backup = true, ...rest } = options
    const store = await this.backend()
    const report = await migrate(store, await this.#migrations(), {
      ...rest,
      before: async (step) => {
        await asked(this.#point, step)
        await rest.before?.(step)
      },
      ...(backup ? { backup: () => this.#backupFirst() } : {}),
    })
    return { ...report, resealed: 0 }
  }

  async #backupFirst(): Promise<void> {
    await (await this.backups()).create({ reason: 'migration' })
  }

  async #migrations(): Promise<Migration[]> {
    const items = this.#extensions.list<MigrationItem>('migrations')
    return Promise.all(
      items.map(async ({ name, item }) => {
        const { up, down } = await this.#extensions.get('migrations', name)
        const { doc: _, name: __, ...facts } = item
        return { ...facts, up, ...(down ? { down } : {}) }
      }),
    )
  }

  async #openBackups(): Promise<StateBackups> {
    const { folder, backup_folder: own } = this.#config
    const place = own ?? (folder === undefined ? undefined : join(folder, 'backups'))
    if (place === undefined) throw noFolder()
    if (!isAbsolute(place)) throw relative(place)
    const { Backups } = await import('./backups/backups.ts')
    return new Backups(await this.backend(), place)
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
    try {
      await this.#finish(backend)
    } catch (error) {
      await backend.close()
      throw error
    }
    this.#timer = setInterval(() => void this.#sweep(backend), SWEEP_EVERY_MS).unref()
    return backend
  }

  /** Before anybody reads: a migration that was stopped behind its switch leaves old among new. */
  async #finish(backend: StateBackend): Promise<void> {
    if (!(await backend.scope(STATE_SCOPE).get('migration'))) return
    const { finishMigration } = await import('@llmspell/sdk/store')
    if (await finishMigration(backend)) this.#logger.info('A migration was brought to its end.')
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

function noFolder(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "There is no place for backups: expected a 'backup_folder', found none.",
    { hint: "Set 'plugins.state.backup_folder' to an absolute path." },
  )
}

function stopping(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The store is not open: expected a running 'kernel', found one that stops.",
    { hint: 'Start another kernel.' },
  )
}
