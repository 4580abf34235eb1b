import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Durability, Json, JournalRecord, StepPath } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'
import { faults, type Stop, type Trace } from './checker.ts'
import type { Moment } from './killer.ts'
import { live, type Job, type Life, type StepDecision, type Uncertain } from './life.ts'
import { times, World } from './server.ts'

export type Kind = 'lua' | 'js' | 'native'

const MOST_STOPS = 20

/** How a run is to be harmed. */
export interface Harm {
  readonly at?: Moment
  /** From outside, ms after its start. */
  readonly afterMs?: number
  readonly durability?: Durability
  /** False: what it printed is not looked at. */
  readonly prints?: boolean
}

/** A run that nothing happened to. */
interface Plain {
  readonly trace: Trace
  readonly moments: readonly Moment[]
  /** From the start of the process to its end. */
  readonly ms: number
}

interface StoryOptions {
  readonly name: string
  /** The journal of the unharmed run. */
  readonly plain?: readonly JournalRecord[]
  readonly durability?: Durability | undefined
}

/** A run with all its lives, told apart from others by its world. */
class Story {
  readonly #folder = mkdtempSync(join(tmpdir(), 'llmspell-crash-'))
  readonly #harness: Harness
  readonly #job: Omit<Job, 'events'>
  readonly #name: string
  readonly #plain: readonly JournalRecord[]
  readonly #asked = new Map<StepPath, Uncertain>()
  readonly lives: Life[] = []
  readonly stops: Stop[] = []

  constructor(harness: Harness, kind: Kind, { name, plain = [], durability }: StoryOptions) {
    this.#harness = harness
    this.#plain = plain
    this.#name = name
    this.#job = {
      script: kind === 'native' ? kind : join(ROOT, 'test', 'crash', `reference.${kind}`),
      store: join(this.#folder, 'store'),
      file: join(this.#folder, 'lines.txt'),
      world: `${harness.world.url}/${name}`,
      ...(durability && { durability }),
    }
  }

  get store(): string {
    return this.#job.store
  }

  live(at?: Moment, killAfterMs?: number): Promise<Life> {
    return this.#live(at === undefined ? {} : { at }, killAfterMs)
  }

  /** What a process finds in the journal, where the folder of the store is another one. */
  read(store = this.store): Promise<Life> {
    return this.#live({ store, read: true })
  }

  async #live(more: Partial<Job>, killAfterMs?: number): Promise<Life> {
    const events = join(this.#folder, `events-${this.lives.length}.txt`)
    const job = { ...this.#job, events, ...more }
    const decide = (step: Uncertain): readonly StepDecision[] => this.#decide(step)
    const life = await live(job, { decide, ...(killAfterMs !== undefined && { killAfterMs }) })
    this.lives.push(life)
    return life
  }

  /** What the world says now of each step that was asked about, however often. */
  #decide(step: Uncertain): readonly StepDecision[] {
    this.#asked.set(step.path, step)
    this.stops.push({ path: step.path, happened: this.#happened(step) })
    if (this.stops.length > MOST_STOPS) throw new Error(`It stops for ever at '${step.path}'.`)
    return [...this.#asked.values()].map((each): StepDecision => {
      const { path } = each
      if (!this.#happened(each)) return { path, decision: { as: 'retry' } }
      return { path, decision: { as: 'done', value: givenBefore(each, this.#plain) } }
    })
  }

  #happened({ args }: Uncertain): boolean {
    const name = lastText(args)
    return times(this.#harness.world.deeds(this.#name), name) > 0 || this.#lines().includes(name)
  }

  #lines(): string[] {
    const { file } = this.#job
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  }

  trace(): Trace {
    const { value = null, records = [] } = this.lives.at(-1)!
    return {
      value: value as Json,
      records,
      deeds: this.#harness.world.deeds(this.#name),
      lines: this.#lines(),
      printed: this.lives.flatMap(({ printed }) => printed.split('\n').slice(0, -1)),
      stops: this.stops,
    }
  }

  /** For a fault: what was left of it. */
  told(): string {
    return this.lives
      .map(({ killed, moments, error }, i) => {
        const end = killed ? 'killed' : error ? `${error.code}: ${error.message}` : 'ended'
        return `life ${i}: ${moments.length} moments, ${end}, last ${moments.at(-1) ?? 'none'}`
      })
      .join('\n')
  }

  tidy(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export interface Verdict {
  /** False where it ended before the moment came: lanes beside one another do not always ask in one order. */
  readonly killed: boolean
  /** None where all promises were kept. */
  readonly faults: readonly string[]
}

/** Runs the reference scripts unharmed and harmed, and judges. */
export class Harness implements AsyncDisposable {
  readonly world: World
  readonly #plain = new Map<Kind, Plain>()
  #stories = 0

  private constructor(world: World) {
    this.world = world
  }

  static async open(): Promise<Harness> {
    return new Harness(await World.start())
  }

  /** The unharmed run of a script, made once. */
  async plain(kind: Kind): Promise<Plain> {
    const known = this.#plain.get(kind)
    if (known) return known
    const story = this.#story(kind)
    const started = performance.now()
    const { error, moments } = await story.live()
    const ms = performance.now() - started
    if (error) throw new Error(`The unharmed run failed: ${JSON.stringify(error)}`)
    const plain = { trace: story.trace(), moments, ms }
    story.tidy()
    this.#plain.set(kind, plain)
    return plain
  }

  /** What became of a run that was killed once and then went on to its end. */
  async harmed(kind: Kind, harm: Harm): Promise<Verdict> {
    const { trace } = await this.plain(kind)
    const story = this.#story(kind, trace.records, harm.durability)
    const { killed } = await story.live(harm.at, harm.afterMs)
    if (killed) await story.live()
    const found = [
      ...faults(trace, story.trace(), harm.prints),
      ...misjudged(killed ? harm.at : undefined, story.stops),
    ]
    const told = story.told()
    story.tidy()
    return { killed, faults: found.length === 0 ? [] : [...found, told] }
  }

  /** A run that was killed at a moment, and what of it can be read. The caller tidies up. */
  async cut(kind: Kind, at: Moment): Promise<{ readonly story: Story; readonly life: Life }> {
    const story = this.#story(kind)
    await story.live(at)
    return { story, life: await story.read() }
  }

  #story(kind: Kind, plain?: readonly JournalRecord[], durability?: Durability): Story {
    const name = `story-${++this.#stories}`
    return new Story(this, kind, { name, durability, ...(plain && { plain }) })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]()
  }
}

/** Nobody may know about an unsafe step between its intent and its record, and everybody knows elsewhere. */
function misjudged(at: Moment | undefined, stops: readonly Stop[]): readonly string[] {
  const [, point = '', path = ''] = /^(\S+) \S+ (.*)$/.exec(at ?? '') ?? []
  if (point === 'after-intent') {
    return stops.some((stop) => stop.path === path) ? [] : [`it did not stop at '${path}'`]
  }
  return []
}

/** The name of what was to be done is the last text among the arguments. */
function lastText(args: Json): string {
  if (typeof args === 'string') return args
  if (args === null || typeof args !== 'object') return ''
  const texts = Object.values(args).map((arg: Json) => lastText(arg))
  return texts.findLast((text) => text !== '') ?? ''
}

/** What the same step gave in the unharmed run; where its record was pruned, the receipt of what was done once. */
function givenBefore({ name, args }: Uncertain, records: readonly JournalRecord[]): Json {
  const wanted = JSON.stringify(args)
  for (const record of records) {
    if (record.kind !== 'call' || record.name !== name || !('inline' in record.args)) continue
    const { settled } = record
    const same = JSON.stringify(record.args.inline) === wanted
    if (same && settled.ok && 'inline' in settled.value) return settled.value.inline
  }
  return `${lastText(args)}:1`
}
