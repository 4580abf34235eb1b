import { REF, checkValue, isRef } from '@llmspell/sdk'
import type { HandleRef, StreamRef, Value } from '@llmspell/sdk'
import { camel } from './names.ts'
import type { Step } from './incoming.ts'
import type { Place } from './place.ts'

/** What arrives beside plain data: bytes, a handle, a stream, an object with a text. Inner ones come first. */
export type Arrival =
  | readonly ['b', readonly Step[], number]
  | readonly ['h', readonly Step[], number, string]
  | readonly ['s', readonly Step[], string]
  | readonly ['t', readonly Step[], string]

/** Gives what the guest needs to know of references. */
export interface Giver {
  /** Keeps bytes until the guest takes them. @returns their number */
  bytes(bytes: Uint8Array): number
  /** @returns the number of the handle's type, and the places of its fields */
  type(ref: HandleRef): { readonly index: number; readonly fields: Place | undefined }
  stream(ref: StreamRef, chunk: Place | undefined): void
}

/** A value of the host on its way to the guest. */
export class Outgoing {
  readonly arrivals: Arrival[] = []
  readonly #giver: Giver
  readonly #path: Step[] = []

  constructor(giver: Giver) {
    this.#giver = giver
  }

  /** Text that the guest's `decode` reads. @throws VALUE_UNSUPPORTED */
  text(value: Value | undefined, place: Place | undefined): string {
    if (value === undefined) return ''
    const tree = JSON.stringify(this.#value(checkValue(value), place))
    return this.arrivals.length === 0 ? `+${tree}` : `*[${tree},${JSON.stringify(this.arrivals)}]`
  }

  /** The same of a list of values, as arguments. */
  list(values: readonly (Value | undefined)[], places: readonly (Place | undefined)[]): string {
    const list = values.map((value, i) => this.#under(i, checkValue(value ?? null), places[i]))
    const tree = JSON.stringify(list)
    return this.arrivals.length === 0 ? `+${tree}` : `*[${tree},${JSON.stringify(this.arrivals)}]`
  }

  #value(value: unknown, place: Place | undefined): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array)
      return this.#mark(['b', [...this.#path], this.#giver.bytes(value)])
    if (REF in value) return this.#reference(value, place)
    if (Array.isArray(value) && !place && isPlain(value)) return value
    if (Array.isArray(value)) return value.map((item, i) => this.#under(i, item, place?.item(i)))
    if (!place && isPlain(value)) return value
    const copy = this.#record(value, place)
    const text = place?.keyword('x-text')
    if (typeof text === 'string') this.arrivals.push(['t', [...this.#path], camel(text)])
    return copy
  }

  #record(value: object, place: Place | undefined): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      const name = place ? place.written(key) : key
      copy[name] = this.#under(name, item, place?.property(key))
    }
    return copy
  }

  #under(step: Step, value: unknown, place: Place | undefined): unknown {
    this.#path.push(step)
    const inner = this.#value(value, place)
    this.#path.pop()
    return inner
  }

  #reference(value: object, place: Place | undefined): unknown {
    if (isRef(value, 'handle')) return this.#handle(value)
    if (!isRef(value, 'stream')) return null
    const chunk = place?.keyword('x-stream')
    this.#giver.stream(value, chunk === undefined ? undefined : place?.child(chunk))
    return this.#mark(['s', [...this.#path], value.id])
  }

  #handle(ref: HandleRef): unknown {
    const { index, fields } = this.#giver.type(ref)
    const copy = this.#record(ref.fields ?? {}, fields)
    this.arrivals.push(['h', [...this.#path], index, ref.id])
    return copy
  }

  #mark(arrival: Arrival): null {
    this.arrivals.push(arrival)
    return null
  }
}

/** Nothing in it but what JSON has words for. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (value instanceof Uint8Array || REF in value) return false
  for (const key of Object.keys(value))
    if (!isPlain((value as Record<string, unknown>)[key])) return false
  return true
}
