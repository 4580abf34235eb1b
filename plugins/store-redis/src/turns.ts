import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import { heldName, uncertain } from '@llmspell/sdk/store'
import type { Batch, Head, RowOp } from '@llmspell/sdk/store'
import { busy } from './errors.ts'
import type { Link } from './link.ts'
import { argumentsOf, stepsOf } from './parts.ts'
import { BEGIN, COMMIT, FILL, SWAP, TURN, YIELD } from './scripts.ts'

/** After so many others that were faster, one asks for its turn. */
const PATIENT = 4
const TURN_MS = 1000
const LEASE_MS = 30_000

type Planned = ReturnType<Batch['plan']>

interface Begun {
  readonly head: Head
  readonly stamp: string
  readonly batch: number
  readonly held: ReadonlyMap<string, Buffer>
}

/** A batch on its way: what was sent of it, and whether that may have been written. */
interface Sent {
  readonly number: number
  doubt: boolean
  stamp?: string
  planned?: Planned
}

type Answer = 'done' | 'moved' | 'held'

/**
 * Writes of one process. A batch is planned on the rows as they are, and written only where they are still so; its number
 * is written with it, so it can be asked for again when the answer was lost.
 */
export class Turns {
  readonly #link: Link
  readonly #writer: string
  #number = 0

  constructor(link: Link, writer: string) {
    this.#link = link
    this.#writer = writer
  }

  get used(): boolean {
    return this.#number > 0
  }

  async head(): Promise<Head> {
    return this.#link.patience.through(async () => (await this.#begin([])).head)
  }

  commit(batch: Batch): Promise<void> {
    return this.#settled((sent) => this.#tried(batch, sent))
  }

  /** Rows of another generation, which take the place of these once they are all there. */
  async replace(
    gen: string,
    fill: (write: (ops: readonly RowOp[]) => Promise<void>, head: Head) => Promise<Head>,
  ): Promise<void> {
    await this.#turn(LEASE_MS)
    const renew = (): void => void this.#link.once(TURN, this.#writer, LEASE_MS).catch(() => 0)
    const timer = setInterval(renew, LEASE_MS / 4)
    try {
      const begun = await this.#link.patience.through(() => this.#begin([]))
      const head = await fill((ops) => this.#fill(gen, ops), begun.head)
      await this.#settled((sent) => this.#swapped(gen, begun, head, sent))
    } finally {
      clearInterval(timer)
      await this.#link.once(YIELD, this.#writer, gen).catch(() => undefined)
    }
  }

  /** Until it is known to be written, or refused. */
  async #settled(once: (sent: Sent) => Promise<void>): Promise<void> {
    const sent: Sent = { number: ++this.#number, doubt: false }
    try {
      await this.#link.patience.through(() => once(sent))
    } catch (error) {
      throw sent.doubt ? uncertain(this.#link.shown) : error
    }
  }

  async #tried(batch: Batch, sent: Sent): Promise<void> {
    const until = Date.now() + this.#link.config.timeout_ms
    for (let tries = 0; ; tries++) {
      const begun = await this.#begin(batch.needs)
      if (begun.batch >= sent.number) return void (sent.doubt = false)
      const { ops, head } = this.#planned(batch, begun, sent)
      if (ops.length === 0) return void (sent.doubt = false)
      const { stamp } = begun
      const answer = await this.#send(COMMIT, sent, [stamp, ...this.#mark(sent, head)], ops)
      if (answer === 'done') return
      if (Date.now() > until) throw busy(this.#link.shown, 'a turn to write')
      await this.#wait(answer, tries)
    }
  }

  /** On the same rows the same: what was sent before may be written at any moment. */
  #planned(batch: Batch, { stamp, held, head }: Begun, sent: Sent): Planned {
    if (sent.stamp !== stamp || !sent.planned) {
      sent.planned = batch.plan(held, head)
      sent.stamp = stamp
    }
    return sent.planned
  }

  async #swapped(gen: string, { stamp }: Begun, head: Head, sent: Sent): Promise<void> {
    const mark = this.#mark(sent, head)
    const answer = await this.#send(SWAP, sent, [stamp, ...mark, gen])
    if (answer !== 'done') throw busy(this.#link.shown, 'nobody else to write during a restore')
  }

  async #send(
    script: string,
    sent: Sent,
    given: readonly (string | Buffer)[],
    ops?: readonly RowOp[],
  ): Promise<Answer> {
    const before = sent.doubt
    sent.doubt = true
    try {
      const all = [this.#writer, sent.number, ...given, ...(ops ? argumentsOf(ops) : [])]
      const answer = String(await this.#link.once(script, ...all)) as Answer
      // Rows that have moved on take nothing that was planned on them before.
      if (answer !== 'held') sent.doubt = false
      else sent.doubt = before
      return answer
    } catch (error) {
      if (isSpellError(error)) sent.doubt = before
      throw error
    }
  }

  /** The stamp of a batch: no other batch has it, so who finds it knows what the rows are. */
  #mark({ number }: Sent, { seq, hash }: Head): [string, string, Buffer] {
    return [`${this.#writer}/${number}`, String(seq), hash]
  }

  async #begin(needs: readonly Buffer[]): Promise<Begun> {
    const answer = await this.#link.once(BEGIN, this.#writer, ...needs)
    const [seq, hash, stamp, batch, ...rows] = answer as [Buffer, Buffer, Buffer, Buffer, ...Rows]
    const held = rows.flatMap((value, n) => (value ? [[heldName(needs[n]!), value] as const] : []))
    const head = { seq: BigInt(String(seq)), hash }
    return { head, stamp: String(stamp), batch: Number(batch), held: new Map(held) }
  }

  async #fill(gen: string, ops: readonly RowOp[]): Promise<void> {
    for (const step of stepsOf(ops)) {
      const given = [this.#writer, LEASE_MS, gen, ...argumentsOf(step)]
      const kept = await this.#link.run(FILL, ...given)
      if (kept !== 1) throw busy(this.#link.shown, 'nobody else to write during a restore')
    }
  }

  /** @throws STATE_BUSY */
  async #turn(ms: number): Promise<void> {
    const until = Date.now() + this.#link.config.timeout_ms
    while ((await this.#link.run(TURN, this.#writer, ms)) !== 1) {
      if (Date.now() > until) throw busy(this.#link.shown, 'a turn to write')
      await sleep(20)
    }
  }

  async #wait(answer: Answer, tries: number): Promise<void> {
    if (answer === 'moved' && tries >= PATIENT)
      return void (await this.#link.once(TURN, this.#writer, TURN_MS))
    await sleep(answer === 'held' ? 20 : Math.random() * 5)
  }
}

type Rows = (Buffer | null)[]
