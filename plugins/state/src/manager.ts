import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isSpellError, SpellError } from '@llmspell/sdk'
import type {
  ExtensionRegistry,
  HookPoint,
  Logger,
  Migration,
  MigrationItem,
  MigrationReport,
  Secrets,
  StateBackend,
  StateBackups,
  StateHealth,
  StateManager,
} from '@llmspell/sdk'
import type { StateConfig } from './generated/config.ts'
import { asked } from './points.ts'
import { withoutKey } from './seal/errors.ts'
import type { SealedStore } from './seal/sealed-store.ts'
import { takingPlain } from './taking-plain.ts'

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
  readonly secrets: () => Secrets | undefined
}

const MIXED =
  "Some values of the store are not sealed under its key yet: 'llmspell state migrate' seals them."

const ACCEPTING =
  "All values of the store are sealed: take 'plugins.state.encryption.accept_plain' away, it would let forged ones in."

/** The one store of an installation: opened when somebody first asks, closed with the kernel. */
export class Manager implements StateManager {
  readonly #config: StateConfig
  readonly #extensions: ExtensionRegistry
  readonly #logger: Logger
  readonly #signal: AbortSignal
  readonly #point: HookPoint<'state.migration'>
  #opening: Promise<StateBackend> | undefined
  #backups: Promise<StateBackups> | undefined
  readonly #secrets: () => Secrets | undefined
  /** The store itself, below its seals. */
  #plain: StateBackend | undefined
  #sealed: SealedStore | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ config, extensions, logger, signal, point, secrets }: ManagerParts) {
    this.#config = config
    this.#extensions = extensions
    this.#logger = logger
    this.#signal = signal
    this.#point = point
    this.#secrets = secrets
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
    const health = await inspectStore(await this.backend(), options)
    return this.#sealed ? { ...health, sealed: { keyId: this.#sealed.keyId } } : health
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
    const resealed = rest.dryRun ? 0 : await this.#sealed?.reseal(rest.signal)
    return { ...report, resealed: resealed ?? 0 }
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
    const [{ Backups }, { PlainCheck }] = await Promise.all([
      import('./backups/backups.ts'),
      import('./seal/source-check.ts'),
    ])
    await this.backend()
    // Values stay sealed in a backup.
    return new Backups(this.#plain!, place, {
      source: (whole) => this.#sealed?.sourceCheck(whole) ?? new PlainCheck(whole),
      mark: async () => void (await this.#sealed?.marked()),
      store: async () => this.#sealed?.check(),
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const backend = await this.#opening?.catch(() => undefined)
    await backend?.close()
  }

  async #open(): Promise<StateBackend> {
    try {
      return await this.#opened(false)
    } catch (error) {
      const reads = this.#config.damaged === 'read'
      if (!reads || !isSpellError(error) || error.code !== 'STATE_DAMAGED') throw error
      const backend = await this.#opened(true)
      this.#logger.warn(`${error.message} It is open for reading; what was lost is not shown.`)
      return backend
    }
  }

  async #opened(readOnly: boolean): Promise<StateBackend> {
    const { store, folder } = this.#config
    if (folder !== undefined && !isAbsolute(folder)) throw relative(folder)
    const factory = await this.#extensions.get('stores', store)
    const plain = factory.create(folder === undefined ? {} : { folder })
    this.#sealed = await this.#sealing(plain)
    const backend = this.#sealed ?? takingPlain(plain)
    await backend.open({ signal: this.#signal, readOnly })
    this.#plain = plain
    try {
      await this.#finish(backend, readOnly)
    } catch (error) {
      await backend.close()
      throw error
    }
    if (readOnly) return backend
    this.#timer = setInterval(() => void this.#sweep(backend), SWEEP_EVERY_MS).unref()
    return backend
  }

  async #sealing(plain: StateBackend): Promise<SealedStore | undefined> {
    const { encryption, folder = tmpdir() } = this.#config
    if (!encryption) return undefined
    const secrets = this.#secrets()
    if (!secrets) throw noSecrets()
    const [{ keysOf }, { SealedStore }] = await Promise.all([
      import('./seal/keys.ts'),
      import('./seal/sealed-store.ts'),
    ])
    const { accept_plain: acceptPlain = false } = encryption
    return new SealedStore(plain, { keys: await keysOf(encryption, secrets, folder), acceptPlain })
  }

  /** Before anybody reads: a migration that was stopped behind its switch leaves old among new. */
  async #finish(backend: StateBackend, readOnly: boolean): Promise<void> {
    const [migration, marker] = await this.#plain!
      .scope(STATE_SCOPE)
      .getMany(['migration', 'sealed'])
    if (marker && !this.#sealed) throw withoutKey(`The store '${backend.id}'`)
    if (this.#sealed?.isMixed) this.#logger.warn(MIXED)
    else if (this.#sealed?.isAccepting) this.#logger.warn(ACCEPTING)
    if (!migration || readOnly) return
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

function noSecrets(): SpellError {
  return new SpellError(
    'STATE_SEALED',
    "The store cannot be sealed: expected the plugin 'secrets', found none.",
    { hint: "Install it, or take 'plugins.state.encryption' away." },
  )
}

function stopping(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The store is not open: expected a running 'kernel', found one that stops.",
    { hint: 'Start another kernel.' },
  )
}
