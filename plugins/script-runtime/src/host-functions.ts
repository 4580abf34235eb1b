import { checkValue, REF } from '@llmspell/sdk'
import type { CallbackRef, Value } from '@llmspell/sdk'
import type { Invoke } from './scope.ts'

type HostFunction = (...args: readonly (Value | undefined)[]) => unknown

/** Functions in the arguments of a host's own calls: the door knows them as it knows those of scripts. */
export class HostFunctions {
  readonly #ids = new Map<HostFunction, number>()
  readonly #known: HostFunction[] = []

  /** A copy of plain data with a reference in the place of each function. */
  marked(value: unknown): unknown {
    if (typeof value === 'function') return this.#ref(value as HostFunction)
    if (Array.isArray(value)) return value.map((item) => this.marked(item))
    if (typeof value !== 'object' || value === null) return value
    if (Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.marked(item)]))
  }

  readonly invoke: Invoke = async (callback, args) => {
    const given = await this.#known[callback]!(...args)
    return given === undefined ? undefined : checkValue(given, { path: 'result of the function' })
  }

  #ref(fn: HostFunction): CallbackRef {
    const id = this.#ids.get(fn) ?? this.#known.push(fn) - 1
    this.#ids.set(fn, id)
    return { [REF]: 'callback', id }
  }
}
