import { isRef, SpellError } from '@llmspell/sdk'
import type { CallbackRef, Value } from '@llmspell/sdk'

type Args = readonly (Value | undefined)[]

/** Functions of the script under numbers that no other function of the session ever has, whatever engine is under it. */
export class Callbacks {
  readonly #ofHost = new Map<number, number>()
  readonly #ofEngine = new Map<number, number>()
  #last = 0

  /** An engine that knows no function yet. */
  renew(): void {
    this.#ofHost.clear()
    this.#ofEngine.clear()
  }

  /** What an engine hands over, with the numbers of the session. */
  known(args: Args): Args {
    return args.map((arg) => mapped(arg, (ref) => ({ ...ref, id: this.#numberOf(ref.id) })))
  }

  /** An engine hands over once more what it did before: its functions are those of then. */
  again(args: Args, before: Args): void {
    const then = before.flatMap(refsIn)
    for (const [i, { id }] of args.flatMap(refsIn).entries())
      if (then[i]) this.#join(id, then[i].id)
  }

  /** The number under which the engine of the moment has it. @throws CANCELLED */
  engineNumber(number: number): number {
    const found = this.#ofHost.get(number)
    if (found !== undefined) return found
    throw new SpellError('CANCELLED', 'The entry that this function is of was taken back.')
  }

  #numberOf(engine: number): number {
    return this.#ofEngine.get(engine) ?? this.#join(engine, ++this.#last)
  }

  #join(engine: number, number: number): number {
    this.#ofEngine.set(engine, number)
    this.#ofHost.set(number, engine)
    return number
  }
}

/** The value itself where it has no function. */
function mapped(value: Value | undefined, fn: (ref: CallbackRef) => CallbackRef): Value {
  if (isLeaf(value)) return value as Value
  if (isRef(value, 'callback')) return fn(value) as unknown as Value
  if (refsIn(value).length === 0) return value as Value
  if (Array.isArray(value)) return value.map((item: Value) => mapped(item, fn))
  const entries = Object.entries(value as Record<string, Value>)
  return Object.fromEntries(entries.map(([key, item]) => [key, mapped(item, fn)]))
}

function refsIn(value: Value | undefined): readonly CallbackRef[] {
  if (isLeaf(value)) return []
  if (isRef(value, 'callback')) return [value]
  return Object.values(value as Record<string, Value>).flatMap(refsIn)
}

const isLeaf = (value: Value | undefined): boolean =>
  typeof value !== 'object' || value === null || value instanceof Uint8Array
