import type { Value } from '@llmspell/sdk'
import { Carry } from './carry.ts'
import { kindOf } from './kind.ts'
import type { Kind } from './kind.ts'
import type { Redactor } from './redactor.ts'

/** The chunks with all values replaced, also those that lie across chunks. The source is read as it is while nothing is hidden. */
export function redacted(source: AsyncIterable<Value>, redactor: Redactor): AsyncIterable<Value> {
  return {
    [Symbol.asyncIterator]: () => new Chunks(source[Symbol.asyncIterator](), redactor),
  }
}

class Chunks implements AsyncIterator<Value> {
  readonly #source: AsyncIterator<Value>
  readonly #redactor: Redactor
  readonly #carry: Carry
  readonly #ready: Value[] = []
  #last: Kind | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(source: AsyncIterator<Value>, redactor: Redactor) {
    this.#source = source
    this.#redactor = redactor
    this.#carry = new Carry(redactor)
  }

  next(): Promise<IteratorResult<Value>> {
    return this.#redactor.active ? this.#next() : this.#source.next()
  }

  async return(value?: unknown): Promise<IteratorResult<Value>> {
    return (await this.#source.return?.(value)) ?? { done: true, value }
  }

  async #next(): Promise<IteratorResult<Value>> {
    for (;;) {
      const ready = this.#ready.shift()
      if (ready !== undefined) return { done: false, value: ready }
      if (this.#failure) throw this.#failure.error
      const result = await this.#pull()
      if (result?.done && this.#ready.length === 0) return result
    }
  }

  async #pull(): Promise<IteratorResult<Value> | undefined> {
    try {
      const result = await this.#source.next()
      if (result.done) this.#rest()
      else this.#take(result.value)
      return result
    } catch (error) {
      this.#rest()
      this.#failure = { error: this.#redactor.error(error) }
      return undefined
    }
  }

  #take(chunk: Value): void {
    const kind = kindOf(chunk)
    if (this.#last?.name !== kind?.name) this.#rest()
    this.#last = kind
    if (!kind) return void this.#ready.push(this.#redactor.value(chunk))
    const text = this.#carry.push(kind.text)
    if (text === kind.text) this.#ready.push(this.#redactor.value(chunk))
    else if (text !== '') this.#ready.push(this.#redactor.value(kind.around(text)))
  }

  /** What was held back, as a chunk of its kind. */
  #rest(): void {
    const text = this.#carry.flush()
    if (text !== '' && this.#last) this.#ready.push(this.#last.around(text))
  }
}
