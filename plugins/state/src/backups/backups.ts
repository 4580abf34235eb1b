import { isSpellError } from '@llmspell/sdk'
import type {
  BackupInfo,
  BackupManifest,
  CreateBackupOptions,
  RestoreBackupOptions,
  RestoreOutcome,
  Scope,
  StateBackend,
  StateBackups,
} from '@llmspell/sdk'
import { placeOf } from '@llmspell/sdk/store'
import type { SourceCheck } from '../seal/source-check.ts'
import { chainOf, checkChain, rowsOfChain } from './chain.ts'
import { BackupFiles } from './files.ts'
import { planOf, restorePart, restoreWhole } from './restore.ts'
import type { Restore } from './restore.ts'

const KEEP = 5

type Cleanup = NonNullable<Parameters<StateBackups['cleanup']>[0]>

/** Refuse what a restore brings: then what was there comes back, or stays. */
export interface RestoreChecks {
  /** Of each row, before anything is replaced. @param whole whether all of a store is brought */
  readonly source: (whole: boolean) => SourceCheck
  /** Before a part of a backup is written. */
  readonly mark: () => Promise<void>
  readonly store: () => Promise<void>
}

/** The backups of one store. One thing is done at a time. */
export class Backups implements StateBackups {
  readonly #store: () => Promise<StateBackend>
  readonly #files: BackupFiles
  readonly #checks: RestoreChecks
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: () => Promise<StateBackend>, folder: string, checks: RestoreChecks) {
    this.#store = store
    this.#checks = checks
    this.#files = new BackupFiles(folder)
  }

  get folder(): string {
    return this.#files.folder
  }

  create(options: CreateBackupOptions = {}): Promise<BackupInfo> {
    return this.#inTurn(() => this.#create(options))
  }

  list(): Promise<readonly BackupInfo[]> {
    return this.#files.list()
  }

  async validate(id: string): Promise<BackupInfo> {
    const chain = await chainOf(this.#files, id)
    await checkChain(this.#files, chain)
    return chain.at(-1)!
  }

  restore(id: string, options: RestoreBackupOptions = {}): Promise<RestoreOutcome> {
    return this.#inTurn(() => this.#restore(id, options))
  }

  async contents(id: string): Promise<{ readonly scopes: readonly Scope[] }> {
    const chain = await chainOf(this.#files, id)
    const scopes = new Map<string, Scope>()
    for await (const { key } of rowsOfChain(this.#files, chain)) {
      const { scope } = placeOf(key)!
      scopes.set(JSON.stringify([scope.tenant, scope.kind, scope.id]), scope)
    }
    return { scopes: [...scopes.values()] }
  }

  cleanup(options: Cleanup = {}): Promise<readonly string[]> {
    return this.#inTurn(() => this.#cleanup(options))
  }

  async #create(options: CreateBackupOptions): Promise<BackupInfo> {
    const { select, incremental = false, reason = 'manual', by, spend, signal } = options
    const store = await this.#store()
    const id = this.#files.newId(Date.now())
    const asked = { ...(select ? { select } : {}), ...(signal ? { signal } : {}) }
    const last = incremental ? await this.#newest(select) : undefined
    const whole = (): Promise<BackupManifest> =>
      this.#files.write(id, (sink) => store.backup(sink, asked), spend)
    const increment = (since: bigint): Promise<BackupManifest> =>
      this.#files.write(id, (sink) => store.backup(sink, { ...asked, since }), spend)
    let made = last ? await increment(BigInt(last.seq)).catch(tooFar) : undefined
    // A restore came between: the numbers are those of another content.
    if (made && made.base !== last!.mark) made = undefined
    const follows = made && last!.id
    made ??= await whole()
    const info = { ...(await this.#infoOf(id, made)), reason, ...(follows ? { follows } : {}) }
    const noted = { ...info, ...(select ? { select } : {}), ...(by === undefined ? {} : { by }) }
    await this.#files.note(noted)
    return noted
  }

  async #infoOf(id: string, made: BackupManifest): Promise<Omit<BackupInfo, 'reason'>> {
    return {
      id,
      createdAt: made.createdAt,
      size: await this.#files.size(id),
      entries: made.entries,
      deletes: made.deletes ?? 0,
      checksum: made.sha256,
      seq: made.seq,
      ...(made.mark === undefined ? {} : { mark: made.mark }),
    }
  }

  async #newest(select: CreateBackupOptions['select']): Promise<BackupInfo | undefined> {
    const same = JSON.stringify(select)
    const infos = await this.#files.list()
    return infos.find((info) => JSON.stringify(info.select) === same && info.mark !== undefined)
  }

  async #restore(id: string, options: RestoreBackupOptions): Promise<RestoreOutcome> {
    const { dryRun = false, within, by, spend, signal } = options
    const store = await this.#store()
    const chain = await chainOf(this.#files, id)
    await checkChain(this.#files, chain)
    const restore = { files: this.#files, chain, within }
    const select = within ?? chain[0]!.select
    const check = this.#checks.source(select === undefined)
    const plan = await planOf(store, restore, check)
    signal?.throwIfAborted()
    if (dryRun) return { plan, restored: false }
    const who = { ...(by === undefined ? {} : { by }), ...(spend ? { spend } : {}) }
    if (options.before === false) {
      await (select ? restorePart(store, restore) : this.#whole(restore))
      return { plan, restored: true }
    }
    const before = await this.#create({ reason: 'restore', ...who, ...(select ? { select } : {}) })
    if (select) {
      await this.#checks.mark()
      await restorePart(store, restore)
    } else await this.#wholeOrBack(restore, before)
    return { plan, restored: true, before }
  }

  /** What cannot be opened leaves what was there before. */
  async #wholeOrBack(restore: Restore, before: BackupInfo): Promise<void> {
    try {
      await this.#whole(restore)
    } catch (error) {
      await restoreWhole(await this.#store(), { files: this.#files, chain: [before] })
      throw error
    }
  }

  async #whole(restore: Restore): Promise<void> {
    await restoreWhole(await this.#store(), restore)
    await this.#checks.store()
  }

  async #cleanup({ keep = KEEP, olderThanMs = 0, by }: Cleanup): Promise<readonly string[]> {
    const infos = await this.#files.list()
    const before = Date.now() - olderThanMs
    const asked = infos.filter((info) => by === undefined || info.by === by)
    const old = asked.filter(({ createdAt }, i) => i >= keep && createdAt <= before)
    const kept = infos.filter((info) => !old.includes(info))
    const needed = new Set(kept.map(({ id }) => id))
    for (const { id } of kept)
      for (const each of await chainOf(this.#files, id).catch(() => [])) needed.add(each.id)
    const gone = old.map(({ id }) => id).filter((id) => !needed.has(id))
    for (const id of gone) await this.#files.remove(id)
    return gone
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** Then a whole one is made. */
function tooFar(error: unknown): undefined {
  if (isSpellError(error) && error.code === 'STATE_SINCE_LOST') return undefined
  throw error
}
