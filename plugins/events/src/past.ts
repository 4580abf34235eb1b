import { SpellError } from '@llmspell/sdk'
import type { BusEvent, Scope, StateBackend } from '@llmspell/sdk'
import { matcherOf } from './pattern.ts'
import type { Matcher } from './pattern.ts'

const SCOPE: Scope = { tenant: 'local', kind: 'plugin', id: 'events' }
/** Offsets sort as text. */
const DIGITS = 16

export interface PastQuery {
  readonly after?: number
  readonly pattern?: string
  readonly limit?: number
}

/** The persisted events, in the store of the installation. */
export class Past {
  readonly #open: (() => Promise<StateBackend>) | undefined
  readonly #kinds: readonly Matcher[]
  readonly #known = new Map<string, boolean>()
  #last: Promise<number> | undefined

  /**
   * @param open the store; undefined where there is none
   * @param patterns types that are kept without being asked for
   */
  constructor(open: (() => Promise<StateBackend>) | undefined, patterns: readonly string[] = []) {
    this.#open = open
    this.#kinds = patterns.map(matcherOf)
  }

  keeps(type: string): boolean {
    if (this.#kinds.length === 0) return false
    return this.#known.get(type) ?? this.#look(type)
  }

  /** The event with its offset, once it is kept. @throws NOT_AVAILABLE */
  async keep(event: BusEvent): Promise<BusEvent> {
    const store = await this.#store()
    // One after the other: two that ask at once must not get one offset.
    const before = this.#last ?? lastOffset(store)
    const { promise, resolve } = Promise.withResolvers<number>()
    this.#last = promise
    const offset = (await before) + 1
    resolve(offset)
    const stored = { ...event, metadata: { ...event.metadata, offset } }
    await store.scope(SCOPE).put(keyOf(offset), stored as never, ttlOf(event))
    return stored
  }

  /** Oldest first. @throws NOT_AVAILABLE, EVENT_PATTERN_INVALID */
  async *read({ after = 0, pattern = '*', limit = Infinity }: PastQuery): AsyncGenerator<BusEvent> {
    const matches = matcherOf(pattern)
    const store = await this.#store()
    let left = limit
    for await (const [, entry] of store.scope(SCOPE).iterate({ after: keyOf(after) })) {
      if (left <= 0) return
      const event = entry.value as unknown as BusEvent
      if (!matches(event.event_type)) continue
      left--
      yield event
    }
  }

  #look(type: string): boolean {
    if (this.#known.size > 1000) this.#known.clear()
    const kept = this.#kinds.some((matches) => matches(type))
    this.#known.set(type, kept)
    return kept
  }

  #store(): Promise<StateBackend> {
    if (this.#open) return this.#open()
    throw new SpellError('NOT_AVAILABLE', 'Events cannot be kept: no store is installed.', {
      hint: "Install the plugin 'state' and a store.",
    })
  }
}

const keyOf = (offset: number): string => String(offset).padStart(DIGITS, '0')

const ttlOf = ({ ttl }: BusEvent): { ttlMs?: number } => (ttl === undefined ? {} : { ttlMs: ttl })

async function lastOffset(store: StateBackend): Promise<number> {
  for await (const [key] of store.scope(SCOPE).iterate({ reverse: true, limit: 1 }))
    return Number(key)
  return 0
}
