import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Durability, ErrorRecord, Json, JournalRecord } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'
import { faults, type Stop, type Trace } from './checker.ts'
import type { Moment } from './killer.ts'
import { live, type Job, type Life } from './life.ts'
import { times, World } from './server.ts'

export type Language = 'lua' | 'js'

const MOST_LIVES = 6

/** How a run is to be harmed. */
export interface Harm {
  readonly at?: Moment
  /** From outside, ms after its start. */
  readonly afterMs?: number
  readonly durability?: Durability
  /** Between the first life and the second. */
  readonly between?: (store: string) => void
}

/** A run with all its lives, told apart from others by its world. */
class Story {
  readonly #folder = mkdtempSync(join(tmpdir(), 'llmspell-crash-'))
  readonly #harness: Harness
  readonly #job: Omit<Job, 'events'>
  readonly #name: string
  readonly lives: Life[] = []
  readonly stops: Stop[] = []

  constructor(harness: Harness, language: Language, name: string, durability?: Durability) {
    this.#harness = harness
    this.#name = name
    this.#job = {
      script: join(ROOT, 'test', 'crash', `reference.${language}`),
      store: join(this.#folder, 'store'),
      file: join(this.#folder, 'lines.txt'),
      world: `${harness.world.url}/${name}`,
      ...(durability && { durability }),
    }
  }

  get store(): string {
    return this.#job.store
  }

  async live(more: Partial<Job> = {}, killAfterMs?: number): Promise<Life> {
    const events = join(this.#folder, `events-${this.lives.length}.txt`)
    const life = await live({ ...this.#job, ...more, events }, killAfterMs)
    this.lives.push(life)
    return life
  }

  /** Goes on until the run ends; where it stops at something nobody knows, the world is asked. */
  async toTheEnd(plain: readonly JournalRecord[]): Promise<Life> {
    let life = await this.live()
    while (life.error?.code === 'RESUME_UNCERTAIN' && this.lives.length < MOST_LIVES) {
      life = await this.live({ decide: [this.#decide(life.error, plain)] })
    }
    return life
  }

  #decide({ details }: ErrorRecord, plain: readonly JournalRecord[]) {
    const { path, args } = details as { readonly path: string; readonly args: Json }
    const happened = this.#happened(lastText(args))
    this.stops.push({ path, happened })
    if (!happened) return { path, decision: { as: 'retry' } } as const
    return { path, decision: { as: 'done', value: givenAt(path, plain) } } as const
  }

  #happened(name: string): boolean {
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

/** Runs the reference scripts unharmed and harmed, and judges. */
export class Harness implements AsyncDisposable {
  readonly world: World
  readonly #plain = new Map<
    Language,
    { readonly trace: Trace; readonly moments: readonly Moment[] }
  >()
  #stories = 0

  private constructor(world: World) {
    this.world = world
  }

  static async open(): Promise<Harness> {
    return new Harness(await World.start())
  }

  /** The unharmed run of a script, made once. */
  async plain(language: Language) {
    const known = this.#plain.get(language)
    if (known) return known
    const story = this.#story(language)
    const { error, moments } = await story.live()
    if (error) throw new Error(`The unharmed run failed: ${JSON.stringify(error)}`)
    const plain = { trace: story.trace(), moments }
    story.tidy()
    this.#plain.set(language, plain)
    return plain
  }

  /** Faults of a run that was killed once and then went on to its end; none where all is well. */
  async harmed(language: Language, harm: Harm): Promise<readonly string[]> {
    const { trace } = await this.plain(language)
    const story = this.#story(language, harm.durability)
    const first = await story.live(harm.at === undefined ? {} : { at: harm.at }, harm.afterMs)
    if (harm.at !== undefined && !first.killed) return [`the moment '${harm.at}' never came`]
    harm.between?.(story.store)
    await story.toTheEnd(trace.records)
    const found = [...faults(trace, story.trace()), ...misjudged(harm.at, story.stops)]
    const told = story.told()
    story.tidy()
    return found.length === 0 ? [] : [...found, told]
  }

  #story(language: Language, durability?: Durability): Story {
    return new Story(this, language, `story-${++this.#stories}`, durability)
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

function givenAt(path: string, records: readonly JournalRecord[]): Json {
  const record = records.find((each) => each.kind === 'call' && each.path === path)
  if (record?.kind !== 'call' || !record.settled.ok || !('inline' in record.settled.value)) {
    throw new Error(`The unharmed run gave nothing at '${path}'.`)
  }
  return record.settled.value.inline
}
