import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type {
  ExtensionRegistry,
  HookPoint,
  Logger,
  MigrationReport,
  Secrets,
  SpellError,
  StateBackend,
  StateBackups,
  StateHealth,
  StateManager,
} from '@llmspell/sdk'
import { noFolder, noRenewal, noSecrets, relative, stopping } from './errors.ts'
import type { StateConfig } from './generated/config.ts'
import { migrationsOf } from './migrations.ts'
import { asked } from './points.ts'
import { withoutKey } from './seal/errors.ts'
import { inspectDamaged, isDamage, wholeOrClosed } from './damage.ts'
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
  readonly #parts: ManagerParts
  #opening: Promise<StateBackend> | undefined
  #backups: Promise<StateBackups> | undefined
  readonly #secrets: () => Secrets | undefined
  /** The store itself, below its seals. */
  #plain: StateBackend | undefined
  #sealed: SealedStore | undefined
  #timer: NodeJS.Timeout | undefined
  #damage: SpellError | undefined

  constructor(parts: ManagerParts) {
    const { config, extensions, logger, signal, point, secrets } = parts
    this.#parts = parts
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

  async damage(): Promise<SpellError | undefined> {
    try {
      await this.backend()
      return this.#damage
    } catch (error) {
      if (isDamage(error)) return error
      throw error
    }
  }

  async renew(fill: (anew: StateManager) => Promise<unknown>): Promise<{ readonly aside: string }> {
    const { store, folder } = this.#config
    const kind = await this.#extensions.get('stores', store)
    if (folder === undefined || !kind.renew) throw noRenewal(store)
    await this.close()
    this.#opening = undefined
    const by = join(folder, `${(await import('@llmspell/sdk/store')).ANEW}${randomUUID()}`)
    const backup_folder = this.#place()
    const config = { ...this.#config, folder: by, ...(backup_folder && { backup_folder }) }
    const anew = new Manager({ ...this.#parts, config })
    try {
      await fill(anew)
      await anew.close()
      return { aside: await kind.renew({ folder, by }) }
    } catch (error) {
      await anew.close()
      await rm(by, { recursive: true, force: true })
      throw error
    }
  }

  async doctor(options: { readonly signal?: AbortSignal } = {}): Promise<StateHealth> {
    const damage = await this.damage()
    const { inspectStore } = await import('@llmspell/sdk/store')
    const open = this.#opening && (await this.#opening)
    const health = open
      ? await inspectStore(open, { ...options, damage })
      : await inspectDamaged(() => this.#opened(true), this.#config.store, damage!)
    return this.#sealed ? { ...health, sealed: { keyId: this.#sealed.keyId } } : health
  }

  async migrate(options: Parameters<StateManager['migrate']>[0] = {}): Promise<MigrationReport> {
    const { migrate } = await import('@llmspell/sdk/store')
    const { backup = true, ...rest } = options
    const store = await this.backend()
    const report = await migrate(store, await migrationsOf(this.#extensions), {
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

  async #openBackups(): Promise<StateBackups> {
    const place = this.#place()
    if (place === undefined) throw noFolder()
    if (!isAbsolute(place)) throw relative(place)
    const [{ Backups }, { PlainCheck }] = await Promise.all([
      import('./backups/backups.ts'),
      import('./seal/source-check.ts'),
    ])
    // Values stay sealed in a backup.
    const plain = async (): Promise<StateBackend> => {
      await this.backend()
      return this.#plain!
    }
    return new Backups(plain, place, {
      source: (whole) => this.#sealed?.sourceCheck(whole) ?? new PlainCheck(whole),
      mark: async () => void (await this.#sealed?.marked()),
      store: async () => this.#sealed?.check(),
    })
  }

  #place(): string | undefined {
    const { folder, backup_folder: own } = this.#config
    return own ?? (folder === undefined ? undefined : join(folder, 'backups'))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const backend = await this.#opening?.catch(() => undefined)
    await backend?.close()
  }

  async #open(): Promise<StateBackend> {
    this.#damage = undefined
    if (this.#config.damaged !== 'read') return this.#opened(false)
    try {
      const backend = await this.#opened(false)
      await wholeOrClosed(backend)
      return backend
    } catch (error) {
      if (!isDamage(error)) throw error
      clearInterval(this.#timer)
      const backend = await this.#opened(true)
      this.#damage = error
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
