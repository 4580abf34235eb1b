import type { CallbackRef, HostCallback, Value } from '@llmspell/sdk'
import { Carry } from './redact/carry.ts'
import { kindOf } from './redact/kind.ts'
import type { Kind } from './redact/kind.ts'
import { encode } from './references.ts'
import type { RunScope } from './scope.ts'

/**
 * A function of the script as a handler calls it. Chunks of text that are handed to it one by one are a stream: the end of
 * one that may be the beginning of a hidden value waits for the next.
 */
export class ScriptCallback {
  readonly #scope: RunScope
  readonly #ref: CallbackRef
  readonly #carry: Carry
  #last: Kind | undefined

  constructor(scope: RunScope, ref: CallbackRef) {
    this.#scope = scope
    this.#ref = ref
    this.#carry = new Carry(scope.redactor)
    if (ref.keeps !== undefined) Object.assign(this.call, { keeps: ref.keeps })
  }

  readonly call: HostCallback = async (...args) => {
    const { redactor } = this.#scope
    const sent = args.map((arg, i) => encode(arg, `argument ${i + 1} of the callback`))
    if (!redactor.active) return this.#send(sent)
    const kind = sent.length === 1 ? chunkOf(sent[0]) : undefined
    if (this.#last && this.#last.name !== kind?.name) await this.flush()
    if (!kind) return this.#send(redactor.value(sent))
    this.#last = kind
    const text = this.#carry.push(kind.text)
    if (text === '' && kind.text !== '') return null
    return this.#send([redactor.value(kind.around(text))])
  }

  get holds(): boolean {
    return this.#carry.holds
  }

  /** Hands over what waited: nothing follows it. */
  async flush(): Promise<void> {
    const text = this.#carry.flush()
    if (text !== '' && this.#last) await this.#send([this.#last.around(text)])
  }

  async #send(args: readonly (Value | undefined)[]): Promise<Value> {
    return (await this.#scope.invoke(this.#ref.id, args)) ?? null
  }
}

/** Text alone may be any argument; a chunk says what it is. */
function chunkOf(value: Value | undefined): Kind | undefined {
  const kind = value === undefined ? undefined : kindOf(value)
  return kind?.name === 'chunk text' ? kind : undefined
}
