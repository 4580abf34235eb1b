import { inputInvalid, isSpellError, SpellError, violations } from '@llmspell/sdk'
import type { Json, RunId, Signal, StateOp, Validator } from '@llmspell/sdk'
import { canonical } from './encode.ts'
import { MINE, put, remove } from './store.ts'
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
  #last: Promise<unknown> = Promise.resolve()

  constructor(id: RunId, store: RunStore) {
    this.#id = id
    this.#store = store
  }

  /** On disk when it resolves. */
  accept(signal: Signal): Promise<Kept | undefined> {
    const accepted = this.#last.then(() => this.#accept(signal))
    this.#last = accepted.catch(() => undefined)
    return accepted
  }

  async #accept(signal: Signal): Promise<Kept | undefined> {
    const value = JSON.parse(canonical(signal)) as Json
    pack(signal.payload)
    const seen = `sid/${this.#id}/${signal.signalId}`
    for (;;) {
      if (await this.#store.mine.get(seen)) return undefined
      const key = `sig/${this.#id}/${String((await this.#highest()) + 1).padStart(10, '0')}`
      if (await this.#written(seen, key, value)) return { ...signal, taken: [remove(key)] }
    }
  }

  /** False where another process was faster. */
  async #written(seen: string, key: string, value: Json): Promise<boolean> {
    const expect = [seen, key].map((each) => ({ scope: MINE, key: each, rev: 'absent' as const }))
    const ops = [put(seen, key), put(key, value)]
    try {
      await this.#store.backend.commit(ops, { durability: 'sync', expect })
      return true
    } catch (error) {
      if (isSpellError(error) && error.code === 'STATE_CONFLICT') return false
      throw error
    }
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
