import type { Json, JournalRecord } from '@llmspell/sdk'
import type { Difference } from './ask.ts'
import { BaseAsk } from './asks.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import { pack } from './values.ts'

/** What a run passes as before, though the code has changed. */
export class VersionAsk extends BaseAsk<number> {
  readonly what = 'version'
  readonly #change: string
  readonly #latest: number

  /** Its place has no ordinal: a version put into old code moves nothing else. */
  constructor(life: Life, path: string, change: string, latest: number) {
    super(life, path, false)
    this.#change = change
    this.#latest = latest
  }

  differs(record: JournalRecord): Difference | undefined {
    return record.kind === 'mark' ? undefined : this.otherKind(record)
  }

  answer(_record: JournalRecord, value: Json): void {
    this.waiter.resolve(Number(value))
  }

  override again(record: JournalRecord): RecordBody {
    return { ...super.again(record), label: `version:${this.#change}` } as RecordBody
  }

  start(): void {
    const data = pack(this.#latest)
    const { path } = this
    const label = `version:${this.#change}`
    this.life.settle(this, { kind: 'mark', path, label, data: data.stored }, { synced: true }, () =>
      this.waiter.resolve(this.#latest),
    )
  }

  /** The journal was written by code that did not know the change. */
  old(): void {
    this.waiter.resolve(0)
  }
}
