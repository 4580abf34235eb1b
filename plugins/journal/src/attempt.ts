import { sleep, SpellError } from '@llmspell/sdk'
import type { ErrorRecord, Json, StepContext, Usage } from '@llmspell/sdk'
import { heard } from './deaf.ts'
import type { StepAsk } from './step-ask.ts'
import { failed, pack, succeeded } from './values.ts'
import type { Outcome, Packed } from './values.ts'

/** What came of a step after all its tries. */
export interface Attempted {
  readonly outcome: Outcome
  readonly attempts: number
  readonly ms: number
  readonly chunks?: Packed
  readonly usage?: Partial<Usage>
}

interface Trying {
  readonly chunks: Json[]
  usage: Partial<Usage> | undefined
}

/** Runs the work, again where its policy says so. Never throws. */
export async function attempt(ask: StepAsk): Promise<Attempted> {
  const began = performance.now()
  const trying: Trying = { chunks: [], usage: undefined }
  for (let tries = 1; ; tries++) {
    const tried = await once(ask, tries, trying)
    const { outcome, again } = judged(ask, tried)
    const wait = again ? waitBefore(ask, tries, outcome) : undefined
    if (wait === undefined) return attempted(outcome, tries, performance.now() - began, trying)
    await sleep(wait, ask.signal)
  }
}

function attempted(outcome: Outcome, attempts: number, ms: number, trying: Trying): Attempted {
  const { chunks, usage } = trying
  const rest = { attempts, ms: Math.round(ms), ...(usage && { usage }) }
  if (chunks.length === 0) return { outcome, ...rest }
  try {
    return { outcome, ...rest, chunks: pack(chunks) }
  } catch (error) {
    return { outcome: failed(error), ...rest }
  }
}

/** A policy that throws is a mistake of the step. */
function judged(ask: StepAsk, outcome: Outcome): { outcome: Outcome; again: boolean } {
  const { settled } = outcome
  const { retryOn } = ask.options.retry ?? {}
  if (settled.ok || !retryOn) return { outcome, again: true }
  try {
    return { outcome, again: retryOn(settled.error) }
  } catch (error) {
    return { outcome: failed(error), again: false }
  }
}

/** ms until the next try, undefined where there is none. */
function waitBefore(ask: StepAsk, tries: number, { settled }: Outcome): number | undefined {
  const { retry } = ask.options
  if (settled.ok || !retry || tries >= retry.maxAttempts || ask.signal.aborted) return undefined
  if (ask.effect === 'unsafe' && !unsent(settled.error)) return undefined
  return Math.min(retry.maxMs, retry.firstMs * retry.factor ** (tries - 1))
}

/** True where the work says that nothing has left the process. */
export function unsent(error: ErrorRecord): boolean {
  const details = error.details as { readonly sent?: unknown } | null | undefined
  return typeof details === 'object' && details?.sent === false
}

async function once(ask: StepAsk, tries: number, trying: Trying): Promise<Outcome> {
  const { timeoutMs, heartbeatMs, validate } = ask.options
  const watch = timeoutMs || heartbeatMs ? new Watch(ask, timeoutMs, heartbeatMs) : undefined
  const signal = watch ? AbortSignal.any([ask.signal, watch.signal]) : ask.signal
  const context = stepContext(ask, { tries, signal, trying, beat: () => watch?.beat() })
  try {
    const working = ask.work(context)
    const value = await heard(ask, watch ? Promise.race([working, watch.over]) : working)
    validate?.(value)
    return succeeded(value)
  } catch (error) {
    return failed(error)
  } finally {
    watch?.stop()
  }
}

function stepContext(
  ask: StepAsk,
  at: { tries: number; signal: AbortSignal; trying: Trying; beat: () => void },
): StepContext {
  return {
    attempt: at.tries,
    idempotencyKey: ask.idempotencyKey,
    path: ask.path,
    signal: at.signal,
    chunk: (data) => {
      at.trying.chunks.push(data)
      ask.life.event({ type: 'chunk', path: ask.path, data })
      return ask.options.onChunk?.(data)
    },
    spend: (usage) => void (at.trying.usage = added(at.trying.usage, usage)),
    heartbeat: at.beat,
  }
}

function added(sum: Partial<Usage> | undefined, more: Partial<Usage>): Partial<Usage> {
  const total: Record<string, number> = { ...sum }
  for (const [key, value] of Object.entries(more)) total[key] = (total[key] ?? 0) + (value ?? 0)
  return total as Partial<Usage>
}

/** The time of one try, and the time between its signs of life. */
class Watch {
  readonly #abort = new AbortController()
  readonly #ask: StepAsk
  readonly #heartbeatMs: number | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #beat: NodeJS.Timeout | undefined
  #reject: (error: unknown) => void = () => {}
  readonly over: Promise<never>

  constructor(ask: StepAsk, timeoutMs: number | undefined, heartbeatMs: number | undefined) {
    this.#ask = ask
    this.#heartbeatMs = heartbeatMs
    this.over = new Promise((_resolve, reject) => (this.#reject = reject))
    this.over.catch(() => {})
    if (timeoutMs) this.#timer = setTimeout(() => this.#end(`${timeoutMs} ms`), timeoutMs)
    this.beat()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  beat(): void {
    clearTimeout(this.#beat)
    const ms = this.#heartbeatMs
    if (ms) this.#beat = setTimeout(() => this.#end(`${ms} ms without a sign of life`), ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#beat)
  }

  #end(limit: string): void {
    const { name, path } = this.#ask
    const error = new SpellError('TIMEOUT', `Step '${name}' took more than ${limit}.`, {
      hint: 'Give it more time, or make it do less.',
      details: { path },
    })
    this.#reject(error)
    this.#abort.abort(error)
  }
}
