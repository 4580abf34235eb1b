import type { Json, JournalRecord, StepPath } from '@llmspell/sdk'
import type { Ask, Difference } from './ask.ts'
import { bodyOf, Waiter } from './ask.ts'
import { around } from './difference.ts'
import type { Life } from './life.ts'
import type { RecordBody } from './log.ts'
import { parts } from './paths.ts'
import { digestOf, failed, pack, succeeded } from './values.ts'
import type { Outcome, Packed } from './values.ts'

/** What all asks share: a place in the run, and a promise. */
export abstract class BaseAsk<T> implements Ask {
  readonly life: Life
  readonly path: StepPath
  readonly seq: number
  readonly waiter = new Waiter<T>()
  readonly waits: boolean = false

  /** @param counts false for what another life may ask for at another moment, or not at all */
  constructor(life: Life, path: StepPath, counts = true) {
    this.life = life
    this.path = path
    const { scheduler } = life
    const { numbering } = scheduler
    this.seq = counts ? numbering.take(scheduler.recorded(path)) : numbering.end
  }

  abstract readonly what: string
  abstract differs(record: JournalRecord): Difference | undefined
  abstract answer(record: JournalRecord, value: Json): void
  abstract start(before: readonly JournalRecord[]): void

  settles(_record: JournalRecord): boolean {
    return true
  }

  ready(): boolean {
    return true
  }

  again(record: JournalRecord): RecordBody {
    return { ...bodyOf(record), path: this.path }
  }

  fail(error: unknown): void {
    this.life.scheduler.forget(this)
    this.waiter.reject(error)
  }

  /** Other things of the same kind at the same place are told apart by their names. */
  protected misnamed(record: JournalRecord): Difference | undefined {
    if (parts(record.path).name === parts(this.path).name) return undefined
    return { expected: `'${record.path}'`, found: `'${this.path}'` }
  }

  protected otherKind(record: JournalRecord): Difference {
    return { expected: `${whatOf(record)} '${record.path}'`, found: `${this.what} '${this.path}'` }
  }
}

export function whatOf(record: JournalRecord): string {
  if (record.kind === 'call') return record.effect === 'composed' ? 'composed step' : 'step'
  if (record.kind === 'intent') return 'step'
  return record.kind
}

/** How the arguments of a call differ from the recorded ones, if they do. */
export function otherArgs(record: JournalRecord, args: Packed): Difference | undefined {
  if (record.kind !== 'call') return undefined
  const digest = digestOf(record.args)
  if (digest === args.digest) return undefined
  const { expected, found } = around(digest, args.digest)
  return { expected: `'${record.path}' with the arguments ${expected}`, found }
}

/** The outcome of work, as data. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return succeeded(await work())
  } catch (error) {
    return failed(error)
  }
}

/** A function of the definition that is entered in its turn. */
export class EnterAsk<T> extends BaseAsk<T> {
  readonly what = 'callback'
  readonly #ref: number
  readonly #args: Packed
  readonly #fn: () => Promise<T>
  readonly within: StepPath | undefined

  constructor(
    life: Life,
    path: StepPath,
    call: { ref: number; args: Json; fn: () => Promise<T>; within: StepPath | undefined },
  ) {
    super(life, path, call.within === undefined)
    this.#ref = call.ref
    this.#args = pack(call.args)
    this.#fn = call.fn
    this.within = call.within
  }

  differs(record: JournalRecord): Difference | undefined {
    if (record.kind !== 'callback') return this.otherKind(record)
    const digest = digestOf(record.args)
    if (record.ref === this.#ref && digest === this.#args.digest) return undefined
    const { expected, found } = around(digest, this.#args.digest)
    return {
      expected: `callback ${record.ref} with ${expected}`,
      found: `callback ${this.#ref} with ${found}`,
    }
  }

  answer(): void {
    this.#enter()
  }

  override again(record: JournalRecord): RecordBody {
    return { ...bodyOf(record), ...this.#body() }
  }

  start(): void {
    this.life.settle(this, this.#body(), { synced: false, packed: [this.#args] }, () =>
      this.#enter(),
    )
  }

  #body(): RecordBody {
    const within = this.within === undefined ? {} : { within: this.within }
    return { kind: 'callback', path: this.path, ref: this.#ref, args: this.#args.stored, ...within }
  }

  #enter(): void {
    const { scopes } = this.life
    scopes.working(this.within, this.#fn()).then(this.waiter.resolve, this.waiter.reject)
  }
}

/** A label in the journal: everything before it is on disk when the code goes on. */
export class MarkAsk extends BaseAsk<number> {
  readonly what = 'mark'
  readonly #label: string
  readonly #data: Packed | undefined

  constructor(life: Life, path: StepPath, label: string, data: Json | undefined) {
    super(life, path)
    this.#label = label
    this.#data = data === undefined ? undefined : pack(data)
  }

  differs(record: JournalRecord): Difference | undefined {
    if (record.kind !== 'mark') return this.otherKind(record)
    if (record.label !== this.#label)
      return { expected: `mark '${record.label}'`, found: `mark '${this.#label}'` }
    const digest = record.data && digestOf(record.data)
    if (digest === this.#data?.digest) return undefined
    const { expected, found } = around(`${digest}`, `${this.#data?.digest}`)
    return { expected: `mark with ${expected}`, found }
  }

  answer(record: JournalRecord): void {
    this.waiter.resolve(record.n)
  }

  override again(): RecordBody {
    return this.#body()
  }

  start(): void {
    const options = { synced: true, packed: [this.#data] }
    this.life.settle(this, this.#body(), options, (record) => this.waiter.resolve(record.n))
  }

  #body(): RecordBody {
    const data = this.#data === undefined ? {} : { data: this.#data.stored }
    return { kind: 'mark', path: this.path, label: this.#label, ...data }
  }
}
