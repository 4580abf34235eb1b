import { REF, SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  GrantChain,
  HandleRef,
  Journal,
  LogEntry,
  Progress,
  RunOptions,
  Undo,
  Usage,
  Value,
} from '@llmspell/sdk'
import { Budget } from './budget.ts'
import type { RunLife } from './durable/life.ts'
import { LastingLabels } from './durable/labels.ts'
import { placeHere } from './durable/place.ts'
import { labelOf, type HeldObject } from './held-object.ts'
import { timeId } from './ids.ts'
import { MemoryJournal, shownJournal } from './journal.ts'
import { Carry } from './redact/carry.ts'
import { Redactor } from './redact/redactor.ts'
import { grantsOf } from './rights.ts'
import { Streams } from './streams.ts'
import { cancelled, timedOut, tooMuchOpen } from './scope-errors.ts'

/** Levels that nobody sees unless they ask. */
const QUIET: ReadonlySet<string> = new Set(['trace', 'debug'])

/** Runs a callback of the script. */
export type Invoke = (
  callback: number,
  args: readonly (Value | undefined)[],
) => Promise<Value | undefined>

const gone: Invoke = () => Promise.reject(new SpellError('CANCELLED', 'The script has ended.'))

/** All that lives as long as one run. */
export class RunScope {
  readonly id: string
  readonly startedAt = Date.now()
  readonly options: RunOptions
  readonly root: string
  readonly budget: Budget
  readonly journal: Journal
  readonly redactor = new Redactor()
  readonly streams = new Streams(this.redactor)
  readonly grants: GrantChain
  /** See RunFacts. */
  readonly labels: Set<string>
  /** Facts of the module `Run`. */
  readonly facts: Record<string, Value> = {}
  /** All that was printed, where it is kept. */
  printed: string[] | undefined
  /** Of a durable run. */
  readonly life: RunLife | undefined
  invoke: Invoke = gone
  /** Keeps what ends a registration, where the entry that made it can be taken back. */
  onUndo: (undo: Undo) => void = () => {}
  /** Resolves when the session takes what is asked of it. */
  responds: () => Promise<void> = () => Promise.resolve()
  /** The same without the journal of a durable run. */
  enter: Invoke = gone
  readonly #abort = new AbortController()
  readonly #handles = new Map<string, HeldObject>()
  readonly #shared = new Map<string, unknown>()
  readonly #endings: ((failure?: unknown) => Awaitable<void>)[] = []
  readonly #counts = new Map<string, number>()
  readonly #printed = new Carry(this.redactor)
  #clock: NodeJS.Timeout | undefined
  #held = 0

  /** @param life of a durable run: it has an id already */
  constructor(options: RunOptions, life?: RunLife) {
    this.id = life?.main.runId ?? timeId()
    this.life = life
    this.labels = life ? new LastingLabels() : new Set()
    this.options = options
    this.root = options.root ?? process.cwd()
    this.budget = new Budget(options.limits)
    this.journal = shownJournal(options.journal ?? new MemoryJournal(), this.redactor)
    this.grants = grantsOf(options)
    if (options.signal) this.#follow(options.signal)
    if (this.budget.limits.timeMs !== undefined) this.#startClock(this.budget.limits.timeMs)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** ms since the epoch at which the run ends, if it has a limit. */
  get deadline(): number | undefined {
    const { timeMs } = this.budget.limits
    return timeMs === undefined ? undefined : this.startedAt + timeMs
  }

  /** Hides a value from all that leaves the run. */
  conceal(value: string, label: string): void {
    this.redactor.conceal(value, label)
  }

  /** Ends the run; the first reason stays. */
  cancel(reason: SpellError): void {
    this.#abort.abort(this.redactor.error(reason))
  }

  /** Counts bytes that open calls keep in the host, until the undo; too many end the run. */
  hold(bytes: number): Undo {
    this.#held += bytes
    const { memoryBytes } = this.budget.limits
    if (this.#held > memoryBytes) this.cancel(tooMuchOpen(memoryBytes))
    return () => {
      this.#held -= bytes
    }
  }

  /** Hands a line to the log; what people see by default counts as output. */
  log(entry: LogEntry): void {
    if (this.life?.quiet) return
    try {
      if (!QUIET.has(entry.level)) this.budget.output(entry.message)
    } catch (error) {
      return this.cancel(error as SpellError)
    }
    this.options.log?.(this.redactor.record(entry))
  }

  progress(progress: Progress): void {
    if (this.life?.quiet) return
    this.options.onProgress?.(this.redactor.value(progress))
  }

  /** Prints. @throws OUTPUT_LIMIT */
  write(text: string): void {
    this.budget.output(text)
    this.#print(this.#printed.push(text))
  }

  /** Prints what was held back: nothing follows it. */
  flush(): void {
    this.#print(this.#printed.flush())
  }

  #print(text: string): void {
    if (text === '') return
    this.printed?.push(text)
    if (!this.life?.printed) this.options.write?.(text)
  }

  /** Adds to what the run has spent, and to the step of a durable run that is under way. */
  spend(usage: Partial<Usage>): void {
    this.budget.spend(usage)
    if (this.life) placeHere()?.step?.spend(usage)
  }

  /** @throws the reason of the end, if the run was ended */
  check(): void {
    if (this.signal.aborted) throw this.signal.reason
  }

  addHandle(
    type: string,
    object: object,
    fields: HandleRef['fields'],
    id = this.#newId(type),
  ): HandleRef {
    this.#handles.set(id, { type, object, hasText: typeof fields['text'] === 'string' })
    return { [REF]: 'handle', type, id, fields }
  }

  #newId(type: string): string {
    const count = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, count)
    return `${type.toLowerCase()}_${count}`
  }

  /** @throws HANDLE_UNKNOWN */
  resolve(id: string, type: string): object {
    const found = this.#handles.get(id)
    if (found?.type === type) return found.object
    throw new SpellError('HANDLE_UNKNOWN', `${type} '${id}' is not open in this run.`, {
      hint: 'Create it again in this run.',
    })
  }

  label(id: string): string | undefined {
    const found = this.#handles.get(id)
    const label = found ? labelOf(id, found) : this.streams.label(id)
    return label === undefined ? undefined : this.redactor.text(label)
  }

  share<T>(
    key: string,
    create: () => { readonly value: T; readonly dispose?: () => Awaitable<void> },
  ): T {
    if (!this.#shared.has(key)) {
      const { value, dispose } = create()
      this.#shared.set(key, value)
      if (dispose) this.onEnd(dispose)
    }
    return this.#shared.get(key) as T
  }

  onEnd(fn: (failure?: unknown) => Awaitable<void>): Undo {
    this.#endings.push(fn)
    return () => {
      const at = this.#endings.indexOf(fn)
      if (at >= 0) this.#endings.splice(at, 1)
    }
  }

  /** Runs what was asked for at the end, last first. Returns the failures. */
  async end(failure?: unknown): Promise<unknown[]> {
    const failures: unknown[] = []
    for (let fn = this.#endings.pop(); fn; fn = this.#endings.pop()) {
      try {
        await fn(failure)
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }

  /** Ends, then frees everything. Returns the failures of the end. */
  async close(): Promise<unknown[]> {
    const failures = await this.end()
    this.flush()
    clearTimeout(this.#clock)
    this.#unfollow()
    this.cancel(new SpellError('CANCELLED', 'The run has ended.'))
    await this.streams.close()
    this.#handles.clear()
    this.#shared.clear()
    return failures
  }

  #unfollow: Undo = () => {}

  #follow(signal: AbortSignal): void {
    const stop = (): void => this.cancel(cancelled(signal.reason))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    this.#unfollow = () => signal.removeEventListener('abort', stop)
  }

  #startClock(ms: number): void {
    this.#clock = setTimeout(() => this.cancel(timedOut(ms)), Math.min(ms, 2 ** 31 - 1))
  }
}
