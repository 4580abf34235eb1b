import { isRef, REF, SpellError } from '@llmspell/sdk'
import type { HandleRef, StreamRef, Value } from '@llmspell/sdk'

type Known = HandleRef | StreamRef

/** Ids that no two calls of a process share. */
let ids = 0

/**
 * What one call holds by reference. A script sees ids of ours: those of a run are guessable, and one that was kept or made up
 * would be an object of whoever calls next.
 */
export class References {
  readonly #known = new Map<string, Known>()

  /** What the run gave, as the script may see it. */
  shown(value: unknown): Value | undefined {
    if (isStream(value)) return this.#add(value.ref)
    if (!isContainer(value)) return value as Value | undefined
    if (isRef(value, 'handle') || isRef(value, 'stream')) return this.#add(value)
    return mapped(value, (item) => this.shown(item) as Value)
  }

  /** What the script gave, as the run knows it. @throws HANDLE_UNKNOWN; SCRIPT_PLUGIN_REFUSED for a function */
  meant(value: Value | undefined): Value | undefined {
    if (!isContainer(value)) return value
    if (isRef(value, 'callback')) throw aFunction()
    if (isRef(value, 'handle') || isRef(value, 'stream'))
      return this.of(value.id) as unknown as Value
    return mapped(value, (item) => this.meant(item as Value) as Value)
  }

  /** @throws HANDLE_UNKNOWN */
  of(id: string): Known {
    const known = this.#known.get(id)
    if (known) return known
    throw new SpellError('HANDLE_UNKNOWN', `'${id}' is not open in this call.`, {
      hint: 'What a call of a script plugin has got, such as an agent, ends with that call.',
    })
  }

  #add(ref: Known): Value {
    const id = `plugin_${++ids}`
    this.#known.set(id, ref)
    return { ...ref, id } as unknown as Value
  }
}

type Container = readonly unknown[] | { readonly [key: string]: unknown }

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

function mapped(value: Container, fn: (item: unknown) => Value): Value {
  if (Array.isArray(value)) return value.map(fn)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fn(item)]))
}

function isStream(value: unknown): value is { readonly ref: StreamRef } {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return false
  const { ref } = value as { readonly ref?: StreamRef }
  return ref?.[REF] === 'stream'
}

function aFunction(): SpellError {
  return new SpellError(
    'SCRIPT_PLUGIN_REFUSED',
    'A script plugin cannot hand a function to a run.',
    {
      hint: 'Call it yourself, or read what comes as a stream.',
    },
  )
}
