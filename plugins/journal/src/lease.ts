import { isSpellError } from '@llmspell/sdk'
import type { Expect, RunId, StateOp } from '@llmspell/sdk'
import type { ProcessMark } from '@llmspell/sdk/store'
import type { Committer } from './committer.ts'
import { busyRun, takenOver } from './errors.ts'
import type { RunsOptions } from './options.ts'
import { MINE, put, remove } from './store.ts'
import type { RunStore } from './store.ts'

/** A process of another machine that has said nothing for so long is gone. */
const SILENT_MS = 5 * 60_000

const leaseKey = (holder: string): string => `lease/${holder}`
const beatKey = (holder: string): string => `beat/${holder}`
const claimKey = (id: RunId): string => `claim/${id}`
const expected = (key: string, rev: Expect['rev']): Expect => ({ scope: MINE, key, rev })

/** Which runs this process carries out: no other of the same store may touch them. */
export class Lease {
  readonly #store: RunStore
  readonly #committer: Committer
  readonly #holder: string
  readonly #standing: RunsOptions['standing']
  readonly #claimed = new Set<RunId>()
  readonly #leaving = new Map<RunId, Promise<void>>()
  #taking: Promise<bigint> | undefined
  #rev: bigint | undefined

  constructor(
    store: RunStore,
    committer: Committer,
    holder: string,
    standing: RunsOptions['standing'],
  ) {
    this.#store = store
    this.#committer = committer
    this.#holder = holder
    this.#standing = standing
  }

  /** What each batch expects: that nobody has taken these runs over. */
  get fence(): readonly Expect[] {
    return this.#rev === undefined ? [] : [expected(leaseKey(this.#holder), this.#rev)]
  }

  /** Said now and then: others may be unable to see this process. */
  beat(now: number): readonly StateOp[] {
    return this.#rev === undefined ? [] : [put(beatKey(this.#holder), now)]
  }

  /** @throws RUN_BUSY where another process carries it out */
  async claim(id: RunId): Promise<void> {
    if (!this.#store.backend.capabilities.multiProcess || this.#claimed.has(id)) return
    await this.#left(id)
    await this.#taken()
    while (!(await this.#claims(id))) await this.#stands()
    this.#claimed.add(id)
  }

  /** Keeps it afterwards where it is carried out here. */
  async during<T>(id: RunId, work: () => Promise<T>, stays: () => boolean): Promise<T> {
    await this.claim(id)
    try {
      return await work()
    } finally {
      if (!stays()) this.release(id)
    }
  }

  /** With the next batch. */
  release(id: RunId): void {
    if (!this.#claimed.delete(id)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const options = { durability: 'os', urgent: false } as const
    this.#leaving.set(id, promise)
    this.#committer.add([remove(claimKey(id))], options, () => {
      this.#leaving.delete(id)
      resolve()
    })
  }

  /** When nothing is carried out any more. */
  async end(): Promise<void> {
    if (this.#rev === undefined) return
    const keys = [leaseKey(this.#holder), beatKey(this.#holder)]
    await this.#committer.commit(keys.map(remove), 'os').catch(() => {})
    this.#rev = this.#taking = undefined
  }

  /** True where another process carries the run out. */
  async isElsewhere(id: RunId): Promise<boolean> {
    if (!this.#store.backend.capabilities.multiProcess || this.#claimed.has(id)) return false
    const holder = (await this.#store.mine.get<string>(claimKey(id)))?.value
    return holder !== undefined && holder !== this.#holder && !(await this.#mark(holder)).gone
  }

  async #left(id: RunId): Promise<void> {
    const leaving = this.#leaving.get(id)
    if (!leaving) return
    void this.#committer.flush()
    await leaving
  }

  /** What fails is tried anew by the next that needs it. */
  async #taken(): Promise<void> {
    this.#taking ??= this.#take()
    try {
      await this.#taking
    } catch (error) {
      this.#taking = undefined
      throw error
    }
  }

  async #take(): Promise<bigint> {
    const { thisProcess } = await import('@llmspell/sdk/store')
    const ops = [
      put(leaseKey(this.#holder), { ...thisProcess() }),
      put(beatKey(this.#holder), Date.now()),
    ]
    const { seq } = await this.#store.backend.commit(ops)
    return (this.#rev = seq)
  }

  async #claims(id: RunId): Promise<boolean> {
    const key = claimKey(id)
    const found = await this.#store.mine.get<string>(key)
    if (found && found.value !== this.#holder) await this.#refuse(id, found.value)
    const expect = [expected(key, found?.rev ?? 'absent'), ...this.fence]
    return this.#tried([put(key, this.#holder)], expect)
  }

  /** @throws RUNS_UNAVAILABLE where another process has found this one gone */
  async #stands(): Promise<void> {
    const { rev } = (await this.#store.mine.get(leaseKey(this.#holder))) ?? {}
    if (rev !== this.#rev) throw takenOver()
  }

  /** @throws RUN_BUSY where the holder is alive; removes what it held where it is gone */
  async #refuse(id: RunId, holder: string): Promise<void> {
    const { gone, mark, rev } = await this.#mark(holder)
    if (!gone) throw busyRun(id, mark?.pid)
    if (rev === undefined) return
    const ops = [remove(leaseKey(holder)), remove(beatKey(holder))]
    await this.#tried(ops, [expected(leaseKey(holder), rev)])
  }

  async #mark(holder: string) {
    const standing = this.#standing ?? (await import('@llmspell/sdk/store')).standing
    const keys = [leaseKey(holder), beatKey(holder)]
    const [lease, beat] = await this.#store.mine.getMany(keys)
    const mark = lease?.value as unknown as ProcessMark | undefined
    const found = mark ? standing(mark) : 'gone'
    const silent = Number(beat?.value ?? 0) < Date.now() - SILENT_MS
    return { gone: found === 'gone' || (found === 'unknown' && silent), mark, rev: lease?.rev }
  }

  async #tried(ops: readonly StateOp[], expect: readonly Expect[]): Promise<boolean> {
    try {
      await this.#store.backend.commit(ops, { expect })
      return true
    } catch (error) {
      if (isSpellError(error) && error.code === 'STATE_CONFLICT') return false
      throw error
    }
  }
}
