import { durationText } from '@llmspell/sdk'
import type { FailureKind, SpellError } from '@llmspell/sdk'
import { lineFailed } from './failures.ts'
import type { ModelsConfig } from './generated/config.ts'

export type BreakerState = 'closed' | 'open' | 'half_open'

/** A change of one breaker. */
export interface BreakerChange {
  readonly provider: string
  readonly endpoint: string
  readonly state: BreakerState
  /** Failures in a row. */
  readonly failures: number
  readonly kind?: FailureKind
}

/** Kinds that say that the server is unwell; any other answer says that it lives. */
const UNWELL: ReadonlySet<FailureKind> = new Set(['server', 'network', 'timeout'])

type Rules = ModelsConfig['breaker']

/** One endpoint's breaker: open after several failures in a row, then one call at a time tries whether it is well. */
export class Breaker {
  readonly provider: string
  readonly endpoint: string
  readonly #rules: Rules
  readonly #now: () => number
  readonly #onChange: (change: BreakerChange) => void
  #state: BreakerState = 'closed'
  #failures: number[] = []
  #kind: FailureKind = 'server'
  #opened = 0
  #probing = false

  /** @param now ms of a clock that only moves forward */
  constructor(
    [provider, endpoint]: readonly [provider: string, endpoint: string],
    rules: Rules,
    now: () => number,
    onChange: (change: BreakerChange) => void,
  ) {
    this.provider = provider
    this.endpoint = endpoint
    this.#rules = rules
    this.#now = now
    this.#onChange = onChange
  }

  /** ms until it may be tried again; nothing where calls go through. */
  get wait(): number | undefined {
    if (this.#state === 'closed') return undefined
    const left = this.#opened + this.#rules.open_ms - this.#now()
    return left > 0 ? left : this.#probing ? 0 : undefined
  }

  /** For people, where it is open. */
  get reason(): string | undefined {
    const { wait } = this
    if (wait === undefined) return undefined
    const again =
      wait === 0 ? 'it is being tried again' : `it is tried again in ${durationText(wait)}`
    return `the last ${this.#failures.length} calls failed (${this.#kind}): ${again}`
  }

  /**
   * Before one attempt. What is returned takes its outcome: nothing for success, a kind for a failure, `none` for a
   * call that ended without showing anything.
   * @throws PROVIDER_FAILED at once while it is open
   */
  enter(): (outcome?: FailureKind | 'none') => void {
    if (this.wait !== undefined) throw this.#refusal()
    const probe = this.#state !== 'closed'
    if (probe) this.#begin()
    let open = true
    return (outcome) => {
      if (!open) return
      open = false
      if (probe) this.#probing = false
      this.#take(outcome, probe)
    }
  }

  #begin(): void {
    this.#probing = true
    if (this.#state === 'open') this.#change('half_open')
  }

  #take(outcome: FailureKind | 'none' | undefined, probe: boolean): void {
    if (outcome === 'none') return
    if (outcome === undefined || !UNWELL.has(outcome)) return this.#well(probe)
    this.#kind = outcome
    const since = this.#now() - this.#rules.within_ms
    this.#failures = [...this.#failures.filter((at) => at >= since), this.#now()]
    if (probe || (this.#state === 'closed' && this.#failures.length >= this.#rules.failures)) {
      this.#opened = this.#now()
      this.#change('open')
    }
  }

  /** A call from before it opened says nothing of now. */
  #well(probe: boolean): void {
    if (this.#state !== 'closed' && !probe) return
    this.#failures = []
    if (this.#state !== 'closed') this.#change('closed')
  }

  #change(state: BreakerState): void {
    this.#state = state
    const { provider, endpoint } = this
    const failures = this.#failures.length
    const kind = state === 'closed' ? {} : { kind: this.#kind }
    this.#onChange({ provider, endpoint, state, failures, ...kind })
  }

  #refusal(): SpellError {
    const wait = Math.ceil(this.wait!)
    return lineFailed(
      `Provider '${this.provider}' is not asked for now: ${this.reason!}. Nothing was sent.`,
      { provider: this.provider, kind: this.#kind, retryable: false, retry_after_ms: wait },
      `Ask again in ${durationText(Math.max(wait, 1000))}, or name another model under fallback.`,
    )
  }
}
