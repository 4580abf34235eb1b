import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Durability, Effect, Json, RunContext } from '@llmspell/sdk'
import { Desk } from './executor.ts'

/** With its path, arguments and hash, the record of a step that gives this is a little over 300 bytes. */
const VALUE = 'x'.repeat(60)
const RECORD = Buffer.alloc(300, 'x')

interface Calls {
  readonly calls: number
  readonly effect: Effect
  readonly timed: boolean
}

/** ms of one of `count` equal parts of some work. */
export async function each(count: number, work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / count
}

/** A file that 300 bytes are appended to and synced, again and again. */
export class BareLog {
  readonly #file: number
  /** ms of each append. */
  readonly times: number[] = []

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'bare.log'), 'a')
  }

  append(count: number): void {
    for (let i = 0; i < count; i++) {
      const started = performance.now()
      writeSync(this.#file, RECORD)
      fdatasyncSync(this.#file)
      this.times.push(performance.now() - started)
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** What is done with the journal, over a store in a folder. */
export class JournalWork implements AsyncDisposable {
  readonly #desk: Desk
  /** ms of each timed call, by effect. */
  readonly times: Record<Effect, number[]> = { pure: [], idempotent: [], unsafe: [] }

  private constructor(desk: Desk) {
    this.#desk = desk
    desk.define('calls', (context, input) => this.#calls(context, input as unknown as Calls))
    desk.define('flow', flow)
    desk.define('branches', branches)
  }

  static async open(folder: string): Promise<JournalWork> {
    return new JournalWork(await Desk.open(join(folder, 'store')))
  }

  async #calls(context: RunContext, { calls, effect, timed }: Calls): Promise<Json> {
    for (let i = 0; i < calls; i++) {
      const started = performance.now()
      const value = await context.step('call', async () => VALUE, { effect, args: { i } })
      if (timed) this.times[effect].push(performance.now() - started)
      if (value !== VALUE) throw new Error(`call ${i} gave '${value}'`)
    }
    return calls
  }

  async #expect(name: string, wanted: Json, durability: Durability, input: Json): Promise<void> {
    const value = await this.#desk.run(name, durability, input)
    if (value !== wanted) throw new Error(`${name}: found ${JSON.stringify(value)}`)
  }

  /** As many runs at a time as there are lanes, each of so many calls. */
  async lanes(
    lanes: number,
    calls: number,
    how: Partial<Calls> = {},
    durability: Durability = 'sync',
  ) {
    const input = { effect: 'idempotent', timed: false, ...how, calls } as const
    const one = (): Promise<void> => this.#expect('calls', calls, durability, input)
    await Promise.all(Array.from({ length: lanes }, one))
  }

  async flows(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#expect('flow', 3, 'sync', null)
  }

  branches(count: number): Promise<void> {
    return this.#expect('branches', count, 'sync', count)
  }

  /** Runs of one call, so many at a time. */
  async runs(count: number, lanes: number): Promise<void> {
    const lane = async (): Promise<void> => {
      for (let i = 0; i < count / lanes; i++) await this.lanes(1, 1)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  }

  /** @returns how to replay a finished run of so many calls */
  async finished(calls: number): Promise<() => Promise<void>> {
    const input = { calls, effect: 'pure', timed: false }
    const id = await this.#desk.submit('calls', 'os', input)
    await this.#desk.result(id)
    return async () => {
      const { identical, outcome } = await this.#desk.replay(id)
      if (!identical || outcome.status !== 'succeeded') throw new Error('the replay differs')
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#desk[Symbol.asyncDispose]()
  }
}

async function flow(context: RunContext): Promise<Json> {
  let sum = 0
  for (let i = 0; i < 3; i++) {
    sum += await context.step(`add${i}`, async () => 1, { effect: 'idempotent' })
  }
  return sum
}

async function branches(context: RunContext, count: Json): Promise<Json> {
  const one = (branch: RunContext): Promise<number> =>
    branch.step('one', async () => 1, { effect: 'idempotent' })
  const names = Array.from({ length: Number(count) }, (_, i) => [`b${i}`, one] as const)
  const results = await context.all('all', Object.fromEntries(names))
  return Object.values(results).reduce((sum, value) => sum + value, 0)
}
