import { isSpellError, SpellError } from '@llmspell/sdk'
import type { BusEvent, Json, Rev, Scope, StateBackend, StateOp } from '@llmspell/sdk'
import { matcherOf } from './pattern.ts'
import type { Matcher } from './pattern.ts'
import { surplus } from './surplus.ts'
import type { Row } from './surplus.ts'

const SCOPE: Scope = { tenant: 'local', kind: 'plugin', id: 'events' }
/** Which run each kept event comes from: what the oldest are looked for in. */
const SOURCES: Scope = { tenant: 'local', kind: 'plugin', id: 'events-sources' }
/** Beside the events: their offsets go on where all of them are gone. */
const FACTS: Scope = { tenant: 'local', kind: 'plugin', id: 'events-facts' }
const LAST = 'last'
/** Offsets sort as text. */
const DIGITS = 16
/** Events that are stored at once. */
const BATCH = 1000
/** The oldest are removed so many at a time. */
const SWEEP = 500
/** Of all kept events one run holds this part before it is the first to lose some. */
const SHARE = 0.1

export interface PastQuery {
  readonly after?: number
  readonly pattern?: string
  readonly limit?: number
}

export interface Retention {
  readonly events: number
  readonly ms: number
}

export interface PastParts {
  /** The store; undefined where there is none. */
  readonly open: (() => Promise<StateBackend>) | undefined
  /** Types that are kept without being asked for. */
  readonly patterns: readonly string[]
  readonly keep: Retention
  /** What was kept stays kept where the oldest could not be removed. */
  readonly warn?: (error: unknown) => void
}

/** The newest number, and its revision in the store: others may give the next. */
interface Last {
  readonly offset: number
  readonly rev: Rev
}

interface Waiting {
  readonly event: BusEvent
  readonly kept: (event: BusEvent) => void
  readonly failed: (error: unknown) => void
}

/** The persisted events, in the store of the installation. */
export class Past {
  readonly #parts: PastParts
  readonly #kinds: readonly Matcher[]
  readonly #known = new Map<string, boolean>()
  readonly #waiting: Waiting[] = []
  #writing = false
  #last: Last | undefined
  /** At least as many as there are, from the last look on. */
  #kept: number | undefined
  /** Held: while the kernel stops nobody opens it again, and what is under way is still kept. */
  #opened: Promise<StateBackend> | undefined

  constructor(parts: PastParts) {
    this.#parts = parts
    this.#kinds = parts.patterns.map(matcherOf)
  }

  keeps(type: string): boolean {
    if (this.#kinds.length === 0) return false
    return this.#known.get(type) ?? this.#look(type)
  }

  /** The event with its offset, once it is kept; offsets are in the order of asking. @throws NOT_AVAILABLE, STATE_FULL */
  keep(event: BusEvent): Promise<BusEvent> {
    return new Promise((kept, failed) => {
      this.#waiting.push({ event, kept, failed })
      if (!this.#writing) void this.#write()
    })
  }

  /** Oldest first. @throws NOT_AVAILABLE, EVENT_PATTERN_INVALID */
  async *read({ after = 0, pattern = '*', limit = Infinity }: PastQuery): AsyncGenerator<BusEvent> {
    const matches = matcherOf(pattern)
    const store = await this.#store()
    let left = limit
    if (left <= 0) return
    for await (const [, entry] of store.scope(SCOPE).iterate({ after: keyOf(after) })) {
      const event = entry.value as unknown as BusEvent
      if (!matches(event.event_type)) continue
      yield event
      if (--left <= 0) return
    }
  }

  /** One commit at a time: those that ask meanwhile share the next. */
  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      try {
        const stored = await this.#commit(batch.map(({ event }) => event))
        batch.forEach(({ kept }, i) => kept(stored[i]!))
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    this.#writing = false
  }

  async #commit(events: readonly BusEvent[]): Promise<readonly BusEvent[]> {
    const store = await this.#store()
    let stored: readonly BusEvent[] | undefined
    while (!stored) stored = await this.#numbered(store, events)
    this.#kept = (this.#kept ?? 0) + events.length
    await this.#sweep(store).catch((error: unknown) => this.#parts.warn?.(error))
    return stored
  }

  /** Undefined where another process has given these numbers: they are asked for anew. */
  async #numbered(
    store: StateBackend,
    events: readonly BusEvent[],
  ): Promise<readonly BusEvent[] | undefined> {
    const { offset, rev } = (this.#last ??= await this.#begin(store))
    const stored = events.map((event, i) => withOffset(event, offset + i + 1))
    const last = offset + events.length
    const fact: StateOp = { op: 'put', scope: FACTS, key: LAST, value: last }
    const expect = [{ scope: FACTS, key: LAST, rev }]
    try {
      const ops = [...stored.flatMap((event) => this.#ops(event)), fact]
      const { seq } = await store.commit(ops, { expect })
      this.#last = { offset: last, rev: seq }
      return stored
    } catch (error) {
      this.#last = undefined
      if (isSpellError(error) && error.code === 'STATE_CONFLICT') return undefined
      throw error
    }
  }

  async #begin(store: StateBackend): Promise<Last> {
    const last = await lastOffset(store)
    this.#kept ??= Math.min(last.offset, this.#parts.keep.events)
    return last
  }

  #ops(event: BusEvent): readonly StateOp[] {
    const { offset, run_id: run = '' } = event.metadata
    const key = keyOf(offset!)
    const ttlMs = Math.min(event.ttl ?? Infinity, this.#parts.keep.ms)
    const value = event as unknown as Json
    return [
      { op: 'put', scope: SCOPE, key, value, ttlMs },
      { op: 'put', scope: SOURCES, key, value: run, ttlMs },
    ]
  }

  /** The store does not grow for ever, and no run takes the room of the others. */
  async #sweep(store: StateBackend): Promise<void> {
    const most = this.#parts.keep.events
    if ((this.#kept ?? 0) - most < SWEEP) return
    const rows: Row[] = []
    for await (const [key, { value }] of store.scope(SOURCES).iterate())
      rows.push([key, value as string])
    const ops = surplus(rows, most, Math.max(1, most * SHARE)).flatMap((key): StateOp[] => [
      { op: 'delete', scope: SCOPE, key },
      { op: 'delete', scope: SOURCES, key },
    ])
    for (let i = 0; i < ops.length; i += BATCH) await store.commit(ops.slice(i, i + BATCH))
    this.#kept = rows.length - ops.length / 2
  }

  #look(type: string): boolean {
    if (this.#known.size > 1000) this.#known.clear()
    const kept = this.#kinds.some((matches) => matches(type))
    this.#known.set(type, kept)
    return kept
  }

  #store(): Promise<StateBackend> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  async #open(): Promise<StateBackend> {
    if (this.#parts.open) return this.#parts.open()
    throw new SpellError('NOT_AVAILABLE', 'Events cannot be kept: no store is installed.', {
      hint: "Install the plugin 'state' and a store.",
    })
  }
}

const keyOf = (offset: number): string => String(offset).padStart(DIGITS, '0')

const withOffset = (event: BusEvent, offset: number): BusEvent => ({
  ...event,
  metadata: { ...event.metadata, offset },
})

async function lastOffset(store: StateBackend): Promise<Last> {
  const known = await store.scope(FACTS).get<number>(LAST)
  return { offset: known?.value ?? 0, rev: known?.rev ?? 'absent' }
}
