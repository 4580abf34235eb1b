import { SpellError, VALUE_LIMITS } from '@llmspell/sdk'
import type {
  CallContext,
  Entry,
  Json,
  Scope,
  StateManager,
  StateScope,
  Value,
} from '@llmspell/sdk'
import type { Guard } from './guard.ts'
import { decoded } from './json.ts'
import type { Place, Points } from './points.ts'
import type { Quota } from './quota.ts'
import { checkKey, textOf } from './scope.ts'

/** What reading and writing need of the rest. */
export interface Parts {
  readonly state: StateManager
  readonly guard: Guard
  readonly points: Points
  readonly quota: Quota
}

type Stored = Entry<Json | Uint8Array>

/** What scripts read of the store. */
export class Reader {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @throws STATE_KEY_INVALID, PERMISSION_DENIED, HOOK_CANCELLED, those of the store */
  async load(
    scope: Scope,
    key: string,
    fallback: Value | undefined,
    context: CallContext,
  ): Promise<Value | undefined> {
    const home = await this.#home(scope, 'load', context)
    const found = await this.#one(home, { scope, key: checkKey(key), context })
    return found === undefined ? fallback : found
  }

  async exists(scope: Scope, key: string, context: CallContext): Promise<Value> {
    const home = await this.#home(scope, 'exists', context)
    const place = { scope, key: checkKey(key), context }
    const asked = await this.#parts.points.reading(place, 'exists')
    if ('replaced' in asked) return asked.replaced
    return (await home.get(asked.key)) !== undefined
  }

  /** 0 where there is nothing. */
  async version(scope: Scope, key: string, context: CallContext): Promise<Value> {
    const home = await this.#home(scope, 'version', context)
    const asked = await this.#parts.points.reading({ scope, key: checkKey(key), context }, 'load')
    // Who gives another value gives no version of it.
    return revOf(home, 'replaced' in asked ? key : asked.key)
  }

  /** The version for whoever loads the value next: asked about then. */
  async versionBefore(scope: Scope, key: string, context: CallContext): Promise<Value> {
    return revOf(await this.#home(scope, 'version', context), checkKey(key))
  }

  /** What a watch is told of a key that was set; nothing where it is gone again. */
  async current(
    place: Place,
  ): Promise<{ readonly value: Value; readonly version: number } | undefined> {
    const home = (await this.#parts.state.backend()).scope(place.scope)
    const version = await revOf(home, place.key)
    const value = version === 0 ? undefined : await this.#one(home, place)
    return value === undefined ? undefined : { value, version }
  }

  /** Whether a watch may be told of a key that has no value. @throws HOOK_CANCELLED */
  async mayName(place: Place): Promise<void> {
    await this.#parts.points.reading(place, 'exists')
  }

  async keys(scope: Scope, prefix: string, context: CallContext): Promise<Value> {
    const home = await this.#home(scope, 'list_keys', context)
    const asked = await this.#parts.points.reading({ scope, key: prefix, context }, 'list')
    if ('replaced' in asked) return asked.replaced
    const names: string[] = []
    const room = new Room(scope)
    for await (const [name] of home.iterate({ prefix: asked.key })) {
      room.take(name.length)
      names.push(name)
    }
    return names
  }

  async all(scope: Scope, context: CallContext): Promise<Value> {
    const home = await this.#home(scope, 'all', context)
    const rows: [string, Value][] = []
    const room = new Room(scope)
    for await (const [key] of home.iterate()) {
      const value = await this.#one(home, { scope, key, context })
      if (value === undefined) continue
      room.take(key.length + JSON.stringify(value).length)
      rows.push([key, value])
    }
    return Object.fromEntries(rows)
  }

  async #home(scope: Scope, fn: string, context: CallContext): Promise<StateScope> {
    await this.#parts.guard.require(scope, false, fn, context)
    return (await this.#parts.state.backend()).scope(scope)
  }

  async #one(home: StateScope, place: Place): Promise<Value | undefined> {
    const { points, guard } = this.#parts
    const asked = await points.reading(place, 'load')
    if ('replaced' in asked) return asked.replaced
    const entry: Stored | undefined = await home.get(asked.key)
    if (!entry) return undefined
    guard.seen(entry.schema, place.context)
    return points.loaded({ ...place, key: asked.key }, decoded(entry.value))
  }
}

async function revOf(home: StateScope, key: string): Promise<number> {
  return Number((await home.get(key))?.rev ?? 0)
}

/** Counts what one call may carry, while it is read. */
class Room {
  readonly #scope: Scope
  #left = VALUE_LIMITS.bytes

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** @throws VALUE_TOO_LARGE */
  take(bytes: number): void {
    this.#left -= bytes + 8
    if (this.#left >= 0) return
    throw new SpellError(
      'VALUE_TOO_LARGE',
      `The scope '${textOf(this.#scope)}' is too large for one call: expected at most ${VALUE_LIMITS.bytes} bytes, found more.`,
      { hint: 'List its keys by a prefix, and load them one by one.' },
    )
  }
}
