import { isSpellError } from '@llmspell/sdk'
import type {
  BackupInfo,
  BackupManifest,
  CreateBackupOptions,
  RestoreOutcome,
  StateBackend,
  StateBackups,
} from '@llmspell/sdk'
import { chainOf, checkChain } from './chain.ts'
import { BackupFiles } from './files.ts'
import { planOf, restorePart, restoreWhole } from './restore.ts'

const KEEP = 5

/** The backups of one store. One thing is done at a time. */
export class Backups implements StateBackups {
  readonly #store: StateBackend
  readonly #files: BackupFiles
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: StateBackend, folder: string) {
    this.#store = store
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

  restore(
    id: string,
    options: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<RestoreOutcome> {
    return this.#inTurn(() => this.#restore(id, options))
  }

  cleanup(
    options: { readonly keep?: number; readonly olderThanMs?: number } = {},
  ): Promise<readonly string[]> {
    return this.#inTurn(() => this.#cleanup(options))
  }

  async #create(options: CreateBackupOptions): Promise<BackupInfo> {
    const { select, incremental = false, reason = 'manual', signal } = options
    const id = this.#files.newId(Date.now())
    const asked = { ...(select ? { select } : {}), ...(signal ? { signal } : {}) }
    const last = incremental ? await this.#newest(select) : undefined
    const whole = (): Promise<BackupManifest> =>
      this.#files.write(id, (sink) => this.#store.backup(sink, asked))
    const increment = (since: bigint): Promise<BackupManifest> =>
      this.#files.write(id, (sink) => this.#store.backup(sink, { ...asked, since }))
    let made = last ? await increment(BigInt(last.seq)).catch(tooFar) : undefined
    // A restore came between: the numbers are those of another content.
    if (made && made.base !== last!.mark) made = undefined
    const follows = made && last!.id
    made ??= await whole()
    const info = { ...(await this.#infoOf(id, made)), reason, ...(follows ? { follows } : {}) }
    const noted = select === undefined ? info : { ...info, select }
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

  async #restore(
    id: string,
    { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
  ): Promise<RestoreOutcome> {
    const chain = await chainOf(this.#files, id)
    await checkChain(this.#files, chain)
    const plan = await planOf(this.#store, this.#files, chain)
    signal?.throwIfAborted()
    if (dryRun) return { plan, restored: false }
    const { select } = chain[0]!
    const before = await this.#create({ reason: 'restore', ...(select ? { select } : {}) })
    if (select) await restorePart(this.#store, this.#files, chain)
    else await this.#wholeOrBack(chain, before)
    return { plan, restored: true, before }
  }

  /** An increment that cannot be added leaves what was there before, not half of a chain. */
  async #wholeOrBack(chain: readonly BackupInfo[], before: BackupInfo): Promise<void> {
    try {
      await restoreWhole(this.#store, this.#files, chain)
    } catch (error) {
      await restoreWhole(this.#store, this.#files, [before])
      throw error
    }
  }

  async #cleanup({
    keep = KEEP,
    olderThanMs = 0,
  }: {
    readonly keep?: number
    readonly olderThanMs?: number
  }): Promise<readonly string[]> {
    const infos = await this.#files.list()
    const before = Date.now() - olderThanMs
    const kept = infos.filter(({ createdAt }, i) => i < keep || createdAt > before)
    const needed = new Set<string>()
    for (const { id } of kept)
      for (const each of await chainOf(this.#files, id).catch(() => [])) needed.add(each.id)
    for (const { id } of kept) needed.add(id)
    const gone = infos.map(({ id }) => id).filter((id) => !needed.has(id))
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
