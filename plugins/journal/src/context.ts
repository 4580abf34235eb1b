import type {
  Branches,
  ComposeOptions,
  EnterOptions,
  Json,
  Received,
  Recorded,
  Results,
  RunContext,
  RunId,
  StepContext,
  StepOptions,
  StepPath,
} from '@llmspell/sdk'
import { ComposeAsk, EnterAsk, MarkAsk, outcomeOf } from './asks.ts'
import type { BaseAsk } from './asks.ts'
import type { Lane } from './lane.ts'
import type { Life } from './life.ts'
import { escaped, stepPath } from './paths.ts'
import { StepAsk } from './step-ask.ts'

/** One scope of one life of a run. */
export class Scope implements RunContext {
  readonly #life: Life
  readonly #lane: Lane
  readonly path: StepPath
  /** Next ordinals: of this scope and of the branches in it. */
  readonly #ordinals = new Map<string, number>()
  /** What was asked for here and has not settled. */
  #pending = 0

  constructor(life: Life, path: StepPath, lane: Lane) {
    this.#life = life
    this.path = path
    this.#lane = lane
    life.open(this)
  }

  get runId(): RunId {
    return this.#life.row.runId
  }

  get signal(): AbortSignal {
    return this.#lane.signal
  }

  get mode(): 'live' | 'replay' | 'resume' {
    return this.#life.mode
  }

  /** True where it could still ask for something by itself. */
  get busy(): boolean {
    return this.#pending === 0
  }

  async step<T extends Json | void>(
    name: string,
    fn: (step: StepContext) => Promise<T>,
    options: StepOptions<T> = {},
  ): Promise<T> {
    const path = this.#next(name)
    const call = { name, work: fn, options, signal: this.#lane.signal }
    return this.#ask(new StepAsk(this.#life, path, call)) as Promise<T>
  }

  async compose<T extends Json | void>(
    name: string,
    fn: (inner: RunContext, recorded: Recorded | undefined) => Promise<T>,
    { args, branch }: ComposeOptions = {},
  ): Promise<T> {
    const path = this.#next(name, branch)
    return this.within(path, { name, args, lane: this.#lane }, fn) as Promise<T>
  }

  /** A composed step at a given place and in a given lane. */
  async within(
    path: StepPath,
    at: { name: string; args: Json | undefined; lane: Lane },
    fn: (inner: Scope, recorded: Recorded | undefined) => Promise<Json | void>,
  ): Promise<Json> {
    const ask = new ComposeAsk(this.#life, path, at.name, at.args)
    const settled = this.#ask(ask)
    settled.catch(() => {})
    const recorded = await this.#life.outcomeOf(path)
    if (this.#life.closed) return settled
    const inner = new Scope(this.#life, path, at.lane)
    void outcomeOf(() => fn(inner, recorded)).then((outcome) => {
      this.#life.leave(inner)
      return ask.done(outcome)
    })
    return settled
  }

  async enter<T>(
    ref: number,
    args: Json,
    fn: () => Promise<T>,
    { within }: EnterOptions = {},
  ): Promise<T> {
    const path = within === undefined ? this.#next('callback') : this.#life.inside(within, this)
    return this.#ask(new EnterAsk(this.#life, path, { ref, args, fn, within }))
  }

  async mark(label: string, data?: Json): Promise<number> {
    return this.#ask(new MarkAsk(this.#life, this.#next('mark'), label, data))
  }

  now(): number {
    return this.#life.scheduler.clock
  }

  random(): number {
    return this.#life.random.number()
  }

  uuid(): string {
    return this.#life.random.uuid()
  }

  emit(type: string, data: Json): void {
    if (this.#life.live) this.#life.event({ type: 'emitted', name: type, data })
  }

  waitSignal<T extends Json>(): Promise<Received<T> | undefined> {
    throw new Error('later')
  }
  child<T extends Json>(): Promise<T> {
    throw new Error('later')
  }
  all<B extends Branches>(): Promise<Results<B>> {
    throw new Error('later')
  }
  race<B extends Branches>(): Promise<{ winner: keyof B & string; value: Json }> {
    throw new Error('later')
  }
  loop<O extends Json>(): Promise<O> {
    throw new Error('later')
  }
  compensate(): void {
    throw new Error('later')
  }
  sleep(): Promise<void> {
    throw new Error('later')
  }
  version(): Promise<number> {
    throw new Error('later')
  }
  continueAsNew(): never {
    throw new Error('later')
  }

  #next(name: string, branch?: string): StepPath {
    const scope = branch === undefined ? this.path : `${this.path}~${escaped(branch)}`
    const ordinal = this.#ordinals.get(scope) ?? 0
    this.#ordinals.set(scope, ordinal + 1)
    return stepPath(scope, name, ordinal)
  }

  async #ask<T>(ask: BaseAsk<T>): Promise<T> {
    const { error } = this.#lane
    if (error !== undefined) throw error
    this.#pending++
    this.#life.ask(ask, this.#lane)
    try {
      return await ask.waiter.promise
    } finally {
      this.#pending--
    }
  }
}
