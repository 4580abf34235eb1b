import type {
  Branches,
  ComposeOptions,
  EnterOptions,
  Json,
  Question,
  Received,
  Recorded,
  Results,
  RunContext,
  RunId,
  StepContext,
  StepOptions,
  StepPath,
} from '@llmspell/sdk'
import { EnterAsk, MarkAsk, outcomeOf } from './asks.ts'
import type { BaseAsk } from './asks.ts'
import { ComposeAsk } from './compose-ask.ts'
import { all, loop, race } from './combine.ts'
import { begunAnew } from './errors.ts'
import { Facts } from './facts.ts'
import { Lane } from './lane.ts'
import type { Life } from './life.ts'
import { escaped, stepPath } from './paths.ts'
import { Rounds } from './rounds.ts'
import { childAsk, StepAsk } from './step-ask.ts'
import type { Child } from './step-ask.ts'
import { pack } from './values.ts'
import { VersionAsk } from './version-ask.ts'
import { SignalAsk, SleepAsk } from './waits.ts'

/** One scope of one life of a run. */
export class Scope implements RunContext {
  readonly #life: Life
  readonly lane: Lane
  readonly path: StepPath
  /** Next ordinals: of this scope and of the branches in it. */
  readonly #ordinals = new Map<string, number>()
  /** What was asked for here and has not settled. */
  #pending = 0
  #facts: Facts | undefined
  readonly #versions = new Map<string, Promise<number>>()

  constructor(life: Life, path: StepPath, lane: Lane) {
    this.#life = life
    this.path = path
    this.lane = lane
    life.scopes.open(path, this)
  }

  get runId(): RunId {
    return this.#life.row.runId
  }

  get signal(): AbortSignal {
    return this.lane.signal
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
    const call = { name, work: fn, options, signal: this.lane.signal }
    return this.#ask(new StepAsk(this.#life, this.#next(name), call)) as Promise<T>
  }

  async compose<T extends Json | void>(
    name: string,
    fn: (inner: RunContext, recorded: Recorded | undefined) => Promise<T>,
    { args, branch }: ComposeOptions = {},
  ): Promise<T> {
    return this.within(this.#next(name, branch), { name, args, lane: this.lane }, fn) as Promise<T>
  }

  /** A composed step at a given place and in a given lane. */
  async within(
    path: StepPath,
    at: { name: string; args: Json | undefined; lane: Lane },
    fn: (inner: Scope, recorded: Recorded | undefined) => Promise<Json | void>,
  ): Promise<Json> {
    const ask = new ComposeAsk(this.#life, path, at.name, at.args)
    const settled = this.#ask(ask)
    if (this.lane.error !== undefined || this.#life.closed) return settled
    const recorded = this.#life.outcomeOf(path)
    const inner = new Scope(this.#life, path, at.lane)
    void outcomeOf(() => fn(inner, recorded)).then((outcome) => {
      this.#life.scopes.leave(inner)
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
    const path =
      within === undefined ? this.#next('callback') : this.#life.scopes.inside(within, this)
    return this.#ask(new EnterAsk(this.#life, path, { ref, args, fn, within }))
  }

  async mark(label: string, data?: Json): Promise<number> {
    return this.#ask(new MarkAsk(this.#life, this.#next('mark'), label, data))
  }

  fact<T extends Json>(name: string, current: () => T): T {
    return (this.#facts ??= new Facts(this.#life, this.path)).read(name, current) as T
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

  async sleep(name: string, ms: number): Promise<void> {
    return this.#ask(new SleepAsk(this.#life, this.#next(name), Math.max(0, Math.ceil(ms))))
  }

  async waitSignal<T extends Json>(
    name: string,
    options: { timeoutMs?: number; schema?: object; ask?: Question } = {},
  ): Promise<Received<T> | undefined> {
    const ask = new SignalAsk(this.#life, this.#next(name), name, options)
    return this.#ask(ask) as Promise<Received<T> | undefined>
  }

  async child<T extends Json>(name: string, child: Child): Promise<T> {
    const ask = childAsk(this.#life, this.#next(name), { name, signal: this.signal, child })
    return this.#ask(ask) as Promise<T>
  }

  async all<B extends Branches>(
    name: string,
    branches: B,
    options: { onError?: 'cancel-rest' | 'wait-all'; concurrency?: number } = {},
  ): Promise<Results<B>> {
    return this.#composed(name, (inner) => all(inner, branches, options)) as Promise<Results<B>>
  }

  async race<B extends Branches>(
    name: string,
    branches: B,
  ): Promise<{ winner: keyof B & string; value: Json }> {
    const work = async (inner: Scope): Promise<Json> => ({ ...(await race(inner, name, branches)) })
    return this.#composed(name, work) as Promise<never>
  }

  async loop<S extends Json, O extends Json>(
    name: string,
    options: { state: S; maxIterations: number; keep?: number },
    body: (
      context: RunContext,
      state: S,
      index: number,
    ) => Promise<{ readonly next: S } | { readonly done: O }>,
  ): Promise<O> {
    return this.#composed(name, (inner) => loop(inner, options, body as never)) as Promise<O>
  }

  compensate(name: string, undo: (step: StepContext) => Promise<void>): void {
    this.#life.ending.compensate({ name, undo })
  }

  version(change: string, latest: number): Promise<number> {
    const known = this.#versions.get(change)
    if (known) return known
    const path = `${this.path}/version:${escaped(change)}`
    const version = this.#ask(new VersionAsk(this.#life, path, change, latest))
    this.#versions.set(change, version)
    return version
  }

  continueAsNew(input: Json): never {
    this.#life.ending.continueAsNew(pack(input).value)
    throw begunAnew(this.runId)
  }

  /** One branch of several, in a lane of its own. */
  async branch(
    key: string,
    lanes: Lane,
    fn: (context: RunContext) => Promise<Json>,
  ): Promise<Json> {
    const lane = new Lane(lanes)
    const path = this.#next(key, key)
    try {
      return await this.within(path, { name: key, args: undefined, lane }, fn)
    } finally {
      lane.leave()
    }
  }

  cancel(lane: Lane, error: unknown): void {
    this.#life.cancel(lane, error)
  }

  /** What a loop forgets: nothing without `keep`. */
  memory(keep: number | undefined): Rounds | undefined {
    if (keep === undefined) return undefined
    const rounds = new Rounds(this.#life, this.path, keep)
    this.#life.recorder.loops.add(rounds)
    if (rounds.restored) this.#ordinals.set(this.path, rounds.restored.round)
    return rounds
  }

  async #composed(name: string, work: (inner: Scope) => Promise<Json>): Promise<Json> {
    return this.within(this.#next(name), { name, args: undefined, lane: this.lane }, work)
  }

  #next(name: string, branch?: string): StepPath {
    const scope = branch === undefined ? this.path : `${this.path}~${escaped(branch)}`
    const ordinal = this.#ordinals.get(scope) ?? 0
    this.#ordinals.set(scope, ordinal + 1)
    return stepPath(scope, name, ordinal)
  }

  async #ask<T>(ask: BaseAsk<T>): Promise<T> {
    this.lane.check()
    this.#pending++
    this.#life.ask(ask, this.lane)
    try {
      return await ask.waiter.promise
    } finally {
      this.#pending--
    }
  }
}
