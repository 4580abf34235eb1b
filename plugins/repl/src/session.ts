import { now } from '@llmspell/sdk'
import type {
  Contribution,
  EngineItem,
  EntryEnd,
  InteractiveRequest,
  InteractiveRun,
  ReplOptions,
  RunOptions,
  Undone,
  Usage,
  Value,
  Where,
} from '@llmspell/sdk'
import { engineOf } from './engines.ts'
import type { Entry } from './entry.ts'
import type { House } from './house.ts'
import type { Sources } from './sources.ts'
import { hinted } from './other-language.ts'
import { Tape } from './tape.ts'

const COLUMNS = 80
const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cost: 0 }

/** What a session is opened with: the options of its run, and where its words go. */
export type SessionOptions = Omit<ReplOptions, 'input'> &
  Pick<RunOptions, 'ask' | 'answer'> &
  Pick<InteractiveRequest, 'uncaught'> & {
    /** What the terminal says to a question within `ms`. */
    readonly askTerminal?: (question: string, ms: number) => Promise<string>
  }

/** The entries of one session and the run that they are made in. */
export class Session {
  readonly house: House
  readonly options: SessionOptions
  readonly entries: Entry[] = []
  /** Entries that are no more: what they have spent is spent. */
  readonly past: Entry[] = []
  /** Choices of the run, which commands change. */
  readonly settings: Record<string, Value>
  readonly tape: Tape
  readonly sources: Sources
  #engine: Contribution<EngineItem>
  #run: InteractiveRun
  #spent: Usage = NO_USAGE

  static async open(house: House, options: SessionOptions, sources: Sources): Promise<Session> {
    const engine = engineOf(house.extensions, options.engine ?? 'lua')
    const settings = { ...options.settings }
    const tape = new Tape(house.recorder, settings)
    await tape.begin()
    try {
      const run = await house.runtime.interactive(requestOf(options, settings, engine))
      return new Session(house, options, { engine, settings, tape, run, sources })
    } catch (error) {
      await tape.close()
      throw error
    }
  }

  private constructor(
    house: House,
    options: SessionOptions,
    own: {
      readonly engine: Contribution<EngineItem>
      readonly settings: Record<string, Value>
      readonly tape: Tape
      readonly run: InteractiveRun
      readonly sources: Sources
    },
  ) {
    this.house = house
    this.options = options
    this.settings = own.settings
    this.tape = own.tape
    this.sources = own.sources
    this.#engine = own.engine
    this.#run = own.run
  }

  get language(): string {
    return this.#engine.item.language
  }

  get engine(): string {
    return this.#engine.name
  }

  /** Of agents that name none; undefined for the default of the house. */
  get model(): string | undefined {
    return this.settings['model'] as string | undefined
  }

  /** How wide what is shown may be. */
  get columns(): number {
    return this.options.terminal?.columns ?? COLUMNS
  }

  get run(): InteractiveRun {
    return this.#run
  }

  /** The options of the session for a run beside it. */
  get request(): InteractiveRequest {
    return requestOf(this.options, this.settings, this.#engine)
  }

  /** Undefined where more text is needed. @param where it begins; default: under the number of the entry */
  async evaluate(
    text: string,
    signal: AbortSignal,
    where: Where = { file: `entry ${this.entries.length + 1}`, line: 1 },
  ): Promise<Entry | undefined> {
    const started = now()
    const { calls } = this.#run
    const mark = this.tape.mark()
    this.sources.add(text, where)
    const error = await this.options.over?.()
    const end: EntryEnd = error
      ? { status: 'error', error }
      : await this.#run.evaluate(text, { signal, where })
    if (end.status === 'incomplete') return undefined
    const usage = difference(this.#run.usage, this.#spent)
    this.#spent = this.#run.usage
    const spent = { ms: now() - started, usage, calls: this.#run.calls - calls }
    const entry = { text, where, end: hinted(end, this.language, text), mark, ...spent }
    const lost = end.renewal?.lost.length ?? 0
    this.past.push(...this.entries.splice(this.entries.length - lost, lost))
    this.entries.push(entry)
    return entry
  }

  complete(text: string): Promise<readonly string[]> {
    return this.#run.complete(text)
  }

  async undo(): Promise<Undone | undefined> {
    const undone = await this.#run.undo()
    if (undone) {
      const at = this.entries.findLastIndex(({ text }) => text === undone.text)
      if (at >= 0) this.past.push(...this.entries.splice(at, 1))
    }
    return undone
  }

  /** Another engine, with nothing of this one. @throws ENGINE_UNKNOWN */
  async change(asked: string): Promise<void> {
    const engine = engineOf(this.house.extensions, asked)
    const run = await this.house.runtime.interactive(requestOf(this.options, this.settings, engine))
    await this.#run.close()
    this.#engine = engine
    this.#run = run
    this.#spent = NO_USAGE
    this.past.push(...this.entries.splice(0))
  }

  /** A text without what the session has to hide. */
  redact(text: string): string {
    return this.house.runtime.about(this.#run.id)?.redact(text) ?? text
  }

  async close(): Promise<void> {
    await this.#run.close()
    await this.tape.close()
  }
}

function requestOf(
  { face, ask, answer, uncaught, ...options }: SessionOptions,
  settings: Record<string, Value>,
  { name }: Contribution<EngineItem>,
) {
  const { allow, deny, grants, limits, signal, root, args, log, onProgress, seed } = options
  const given = {
    allow,
    deny,
    grants,
    limits,
    signal,
    root,
    args,
    log,
    onProgress,
    seed,
    ask,
    answer,
    uncaught,
  }
  const known = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Omit<InteractiveRequest, 'engine'>
  return { ...known, engine: name, settings, write: (text: string) => face.write(text) }
}

function difference(after: Usage, before: Usage): Usage {
  return {
    inputTokens: after.inputTokens - before.inputTokens,
    outputTokens: after.outputTokens - before.outputTokens,
    cost: after.cost - before.cost,
  }
}
