import { inputInvalid, SpellError, violations } from '@llmspell/sdk'
import type { Json, RunId, Signal, StateOp, Validator } from '@llmspell/sdk'
import type { Committer } from './committer.ts'
import { canonical } from './encode.ts'
import { put, remove } from './store.ts'
import type { RunStore } from './store.ts'
import { pack } from './values.ts'

/** A signal that was accepted and that no wait has taken. */
export interface Kept extends Signal {
  /** What removes it, in the batch of the record that takes it. */
  readonly taken: readonly StateOp[]
}

/** Signals of one run: accepted once, kept until a wait takes them. */
export class Signals {
  readonly #id: RunId
  readonly #store: RunStore
  readonly #committer: Committer
  #last: Promise<unknown> = Promise.resolve()

  constructor(id: RunId, store: RunStore, committer: Committer) {
    this.#id = id
    this.#store = store
    this.#committer = committer
  }

  /** On disk when it resolves. */
  accept(signal: Signal): Promise<Kept | undefined> {
    const accepted = this.#last.then(() => this.#accept(signal))
    this.#last = accepted.catch(() => undefined)
    return accepted
  }

  async #accept(signal: Signal): Promise<Kept | undefined> {
    const seen = `sid/${this.#id}/${signal.signalId}`
    if (await this.#store.mine.get(seen)) return undefined
    const value = JSON.parse(canonical(signal)) as Json
    pack(signal.payload)
    const key = `sig/${this.#id}/${String((await this.#highest()) + 1).padStart(10, '0')}`
    await this.#committer.commit([put(seen, key), put(key, value)], 'sync')
    return { ...signal, taken: [remove(key)] }
  }

  async #highest(): Promise<number> {
    const options = { prefix: `sig/${this.#id}/`, reverse: true, limit: 1 }
    for await (const [key] of this.#store.mine.iterate(options)) return Number(key.slice(-10))
    return 0
  }

  async kept(): Promise<Kept[]> {
    const all: Kept[] = []
    for await (const [key, { value }] of this.#store.mine.iterate({ prefix: `sig/${this.#id}/` }))
      all.push({ ...(value as unknown as Signal), taken: [remove(key)] })
    return all
  }
}

/** @throws SIGNAL_INVALID */
export function checkSignal(signal: Signal, validator: Validator): void {
  if (validator(structuredClone(signal.payload))) return
  const rows = violations(validator.errors ?? [], 'payload')
  throw inputInvalid(`Signal '${signal.name}'`, rows, 'SIGNAL_INVALID')
}

/** @throws INPUT_INVALID */
export function checkNames({ name, signalId }: Signal): void {
  for (const text of [name, signalId]) {
    if (typeof text === 'string' && text.length > 0 && text.length <= 256 && text.isWellFormed())
      continue
    throw new SpellError(
      'INPUT_INVALID',
      `A signal needs a name and an id: expected 1 to 256 characters, found '${String(text).slice(0, 300)}'.`,
      {
        hint: 'Name what the run waits for, and give an id that is the same when it is sent again.',
      },
    )
  }
}
