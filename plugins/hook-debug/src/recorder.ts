import {
  hookFacts,
  scrubbedText,
  type HookPointInfo,
  type ScrubOptions,
  type TapTrace,
  type Usage,
} from '@llmspell/sdk'
import { changesOf } from './changes.ts'
import type { HookEvent, PointEvent, Trace, TraceEvent } from './types.ts'

interface Open {
  readonly began: number
  readonly events: TraceEvent[]
  leftOut: number
}

type Redact = NonNullable<ScrubOptions['redact']>

/** Runs that never end must not fill the memory. */
const MOST_OPEN = 1000

/** Collects events by run. */
export class Recorder {
  readonly #open = new Map<string, Open>()
  readonly #most: number
  readonly #redactOf: (run: string) => Redact | undefined

  constructor(most: number, redactOf: (run: string) => Redact | undefined) {
    this.#most = most
    this.#redactOf = redactOf
  }

  /** What a point tells. */
  point({ name, subject }: HookPointInfo, payload: unknown): void {
    const { runId, component, ms = 0, ok, code } = hookFacts(payload, subject)
    if (runId === undefined) return
    const { actor, caller, usage } = payload as Readonly<Record<string, unknown>>
    const redact = this.#redactOf(runId)
    this.#add(runId, ms, (at) => ({
      type: 'point',
      point: name,
      ...(component === undefined ? {} : { component: hidden(component, redact) }),
      ...by(actor ?? caller, redact),
      ...seqOf(payload),
      at,
      ms,
      ...(ok === undefined ? {} : { ok }),
      ...(code === undefined ? {} : { code: scrubbedText(code, 80) }),
      ...spent(usage),
    }))
  }

  /** What one hook came to. Hooks outside of runs belong to no trace. */
  hook({ runId, point, kind, owner, label, ms, outcome, before, after, error }: TapTrace): void {
    if (runId === undefined) return
    const redact = this.#redactOf(runId)
    // Nobody knows any more what a run that is over hides.
    const changes = after === undefined || !redact ? [] : changesOf(before, after, redact)
    this.#add(runId, ms, (at) => ({
      type: 'hook',
      point,
      kind,
      owner: ownerText(owner),
      ...(label === undefined ? {} : { label: hidden(label, redact) }),
      ...seqOf(before),
      at,
      ms,
      outcome,
      ...(changes.length > 0 ? { changes } : {}),
      ...(error === undefined ? {} : { error: hidden(error.message, redact) }),
    }))
  }

  /** Ends the trace of a run. */
  end(payload: unknown): Trace | undefined {
    const { runId = '', component, ms = 0, ok = true, code } = hookFacts(payload)
    const open = this.#open.get(runId)
    this.#open.delete(runId)
    if (!open) return undefined
    return {
      run: runId,
      ...(component === undefined ? {} : { file: hidden(component, this.#redactOf(runId)) }),
      began: new Date(performance.timeOrigin + open.began).toISOString(),
      ms,
      ok,
      ...(code === undefined ? {} : { code: scrubbedText(code, 80) }),
      events: open.events,
      left_out: open.leftOut,
    }
  }

  #add(run: string, ms: number, make: (at: number) => PointEvent | HookEvent): void {
    const now = performance.now()
    const open = this.#openOf(run, now - ms)
    if (!open) return
    if (open.events.length >= this.#most) open.leftOut++
    else open.events.push(make(Math.max(0, now - ms - open.began)))
  }

  #openOf(run: string, began: number): Open | undefined {
    const found = this.#open.get(run)
    if (found || this.#open.size >= MOST_OPEN) return found
    const open = { began, events: [], leftOut: 0 }
    this.#open.set(run, open)
    return open
  }
}

/** Of a script: its folder may look like a key, and must not take the name with it. */
function ownerText(owner: string): string {
  const cut = owner.search(/[/\\]?[^/\\]*$/)
  return scrubbedText(owner.slice(0, cut), 200) + scrubbedText(owner.slice(cut), 100)
}

function hidden(text: string, redact: Redact | undefined): string {
  return scrubbedText(redact ? (redact(text) as string) : text, 200)
}

function seqOf(payload: unknown): Pick<PointEvent, 'seq'> {
  const { seq } = (payload ?? {}) as { readonly seq?: unknown }
  return typeof seq === 'number' ? { seq } : {}
}

function by(actor: unknown, redact: Redact | undefined): Pick<PointEvent, 'actor'> {
  return typeof actor === 'string' ? { actor: hidden(actor, redact) } : {}
}

function spent(usage: unknown): Pick<PointEvent, 'tokens' | 'cost'> {
  const { inputTokens, outputTokens, cost } = (usage ?? {}) as Partial<Usage>
  if (inputTokens === undefined || outputTokens === undefined) return {}
  return { tokens: inputTokens + outputTokens, ...(cost === undefined ? {} : { cost }) }
}
