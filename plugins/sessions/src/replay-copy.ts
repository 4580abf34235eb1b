import { isDeepStrictEqual } from 'node:util'
import type { Json, WorkflowExecutor } from '@llmspell/sdk'
import { storedBefore } from './artifacts-before.ts'
import type { Before } from './artifacts-before.ts'
import { hiddenUnder } from './hidden.ts'
import { changed, fresh } from './info.ts'
import type { SessionStore } from './store.ts'
import type { ReplayDifference, SessionInfo } from './types.ts'

/** Characters of a value in a difference. */
const SHOWN = 2000
/** What an agent is kept with and no replay gives again. */
const TIME = 'duration_ms'

/** By what people call it; `name` is the key of a value. */
type Contents = ReadonlyMap<string, { readonly name: string; readonly value: unknown }>

/** The child session that a modified replay works in. */
export class ReplayCopy {
  readonly #store: SessionStore
  readonly #session: SessionInfo
  readonly #key: string
  #id: string | undefined

  /** @param key the same for each try of one replay */
  constructor(store: SessionStore, session: SessionInfo, key: string) {
    this.#store = store
    this.#session = session
    this.#key = key
  }

  /** The session that is replayed. */
  get of(): string {
    return this.#session.id
  }

  /** Nothing until something was asked anew. */
  get id(): string | undefined {
    return this.#id
  }

  async made(): Promise<string> {
    if (this.#id !== undefined) return this.#id
    const { id: parent, name, description, tags, untrusted } = this.#session
    const { custom_metadata: metadata } = this.#session
    const draft = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      tags,
      metadata,
    }
    const copy = fresh(draft, { key: `${this.#key}\n${parent}`, parent })
    const { id } = await this.#store.add({ ...copy, ...(untrusted ? { untrusted } : {}) })
    return (this.#id = id)
  }

  async note(runId: string): Promise<void> {
    await this.#store.change(this.#id!, (before) => changed(before, { runId }))
  }

  /** The artifacts that a run had stored in the session before it is asked anew, under their numbers. */
  async take(executor: WorkflowExecutor, before: Before & { readonly as: string }): Promise<void> {
    const held = await this.#store.held(this.of)
    const taken = await this.#store.held(this.#id!)
    for (const info of await storedBefore(executor, before, held))
      if (!taken.some(({ sequence }) => sequence === info.sequence))
        await this.#store.hold(info, { session: this.#id!, run: before.as })
  }

  /** Values and artifacts that are not the same in both, or only in one. */
  async differences(run_id: string): Promise<readonly ReplayDifference[]> {
    const [before, after] = [await this.#contents(this.of), await this.#contents(this.#id!)]
    const names = new Set([...before.keys(), ...after.keys()])
    return [...names].flatMap((title) => {
      const [expected, found] = [before.get(title), after.get(title)]
      if (isDeepStrictEqual(expected, found)) return []
      return [{ run_id, expected: text(title, expected), found: text(title, found) }]
    })
  }

  async #contents(id: string): Promise<Contents> {
    const found = new Map<string, { readonly name: string; readonly value: unknown }>()
    for await (const [name, { value }] of this.#store.state(id))
      found.set(`value '${name}'`, { name, value: timeless(value) })
    for (const { sequence, name, id: content } of await this.#store.held(id))
      found.set(`artifact ${sequence}`, { name: '', value: { name, content } })
    return found
  }
}

function timeless(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  const usage = (value as { readonly usage?: unknown }).usage
  if (typeof usage !== 'object' || usage === null || !(TIME in usage)) return value
  return { ...value, usage: { ...usage, [TIME]: 0 } }
}

function text(title: string, kept: { readonly name: string; readonly value: unknown } | undefined) {
  const shown = kept ? JSON.stringify(hiddenUnder(kept.name, kept.value as Json)) : 'nothing'
  return `${title}: ${shown}`.slice(0, SHOWN)
}
