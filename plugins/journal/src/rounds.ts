import type { Json, JournalRecord, StateOp, StepPath } from '@llmspell/sdk'
import { encodeRecord } from './encode.ts'
import type { Life } from './life.ts'
import { recordKey, runScope } from './store.ts'
import { pack } from './values.ts'

/** Where a loop stands when a round begins. */
interface Start {
  readonly round: number
  readonly state: Json
  readonly seq: number
  readonly random: readonly number[]
}

interface Entry {
  readonly record: JournalRecord
  readonly bytes: number
  readonly hash: string
}

/** What a loop remembers of its rounds in the journal, to forget the old ones. */
export class Rounds {
  readonly #life: Life
  readonly #path: StepPath
  readonly #keep: number
  readonly #starts: Start[] = []
  readonly restored: Start | undefined
  #entries: Entry[] = []

  constructor(life: Life, path: StepPath, keep: number) {
    this.#life = life
    this.#path = path
    this.#keep = keep
    this.restored = this.#restore()
  }

  close(): void {
    this.#life.recorder.loops.delete(this)
  }

  #restore(): Start | undefined {
    const records = this.#life.answering ? this.#life.scheduler.recorded(this.#path) : []
    const pruned = records.find((record) => record.kind === 'pruned')
    if (pruned?.kind !== 'pruned' || !('inline' in pruned.state)) return undefined
    const start = pruned.state.inline as unknown as Start
    this.#life.scheduler.clock = pruned.at
    this.#life.scheduler.numbering.from(start.seq)
    this.#life.random.state = start.random
    return start
  }

  /** Takes every record of the run as it comes to be. */
  takes(record: JournalRecord, bytes: number, hash: string): void {
    this.#entries.push({ record, bytes, hash })
  }

  begins(round: number, state: Json): void {
    const { scheduler, random } = this.#life
    const seq = scheduler.numbering.end
    this.#starts.push({ round, state, seq, random: random.state })
    if (this.#starts.length <= this.#keep) return
    const start = this.#starts[this.#starts.length - 1 - this.#keep]
    if (!start || start.round === 0 || !this.#life.live) return
    if (this.#forget(start)) this.#starts.splice(0, this.#starts.indexOf(start))
  }

  /** The records of all rounds before this one become one, where nothing else stands between them. */
  #forget(start: Start): boolean {
    const gone = (path: StepPath): boolean => this.#before(path, start.round)
    const old = ({ record }: Entry): boolean => record.kind === 'pruned' || gone(record.path)
    const first = this.#entries.findIndex(old)
    const range = this.#entries.slice(first, this.#entries.findLastIndex(old) + 1)
    if (first < 0 || !range.every(old)) return false
    if (this.#life.scheduler.pending.some(({ path }) => gone(path))) return false
    const state = pack(start)
    if (state.blob) return false
    this.#replace(range, state.stored)
    this.#entries.splice(0, first)
    return true
  }

  #before(path: StepPath, round: number): boolean {
    const prefix = `${this.#path}/round#`
    return path.startsWith(prefix) && Number.parseInt(path.slice(prefix.length), 10) < round
  }

  #replace(
    range: readonly Entry[],
    state: Extract<JournalRecord, { kind: 'pruned' }>['state'],
  ): void {
    const head = range[0]!
    const tail = range.at(-1)!
    const from = head.record.kind === 'pruned' ? head.record.from : head.record.n
    const { n, at } = tail.record
    const { prev } = head.record
    const last = tail.hash
    const record: JournalRecord = {
      v: 1,
      kind: 'pruned',
      path: this.#path,
      n,
      at,
      prev,
      from,
      state,
      last,
    }
    const { bytes } = encodeRecord(record)
    const { row, generation } = this.#life.log.stored
    const scope = runScope(row.runId)
    const ops: StateOp[] = range.map((entry) => ({
      op: 'delete',
      scope,
      key: recordKey(generation, entry.record.n),
    }))
    ops.push({ op: 'put', scope, key: recordKey(generation, n), value: bytes })
    const freed = range.reduce((sum, entry) => sum + entry.bytes, 0)
    this.#life.log.rewrite(ops, bytes.byteLength - freed)
    const kept = { record, bytes: bytes.byteLength, hash: last }
    this.#entries.splice(this.#entries.indexOf(head), range.length, kept)
  }
}
