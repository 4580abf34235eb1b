import type { CallbackRef, HandleRef, StreamRef, Value } from '@llmspell/sdk'
import { REF, SpellError, VALUE_LIMITS, unsupported } from '@llmspell/sdk'
import type { Kind, Kinds } from './kinds.ts'
import type { Lua, LuaState } from './api.ts'
import {
  BOOLEAN,
  FUNCTION,
  LIGHT,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  TYPE_NAMES,
  USERDATA,
} from './api.ts'
import type { Machine } from './machine.ts'
import type { Place } from '@llmspell/sdk/lua'
import { takeTable } from './take-table.ts'
import type { Walk } from './walk.ts'
import { tooLarge } from './walk.ts'
import { WeakTable } from './weak.ts'

/** Copies plain data out of Lua: raw access only, so no code of the script runs meanwhile. */
export class Taker implements Walk {
  readonly lua: Lua
  readonly kinds: Kinds
  readonly #machine: Machine
  readonly #keep: (L: LuaState, index: number, place: Place) => number
  readonly path: (string | number)[] = []
  readonly above: object[] = []
  /** Ids of handles and streams, for Lua. */
  readonly ids: WeakTable
  readonly #ids = new WeakMap<object, string>()
  #bytes = 0

  /** @param keep stores the function at an index and returns its number */
  constructor(
    machine: Machine,
    kinds: Kinds,
    keep: (L: LuaState, index: number, place: Place) => number,
  ) {
    this.#machine = machine
    this.lua = machine.lua
    this.kinds = kinds
    this.#keep = keep
    this.ids = new WeakTable(machine)
  }

  /** The value at an absolute index. @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
  take(L: LuaState, index: number, name: string, place?: Place): Value | undefined {
    this.#bytes = 0
    this.path.length = 0
    this.above.length = 0
    this.path.push(name)
    return this.value(L, index, place)
  }

  /** The values from one index to the last; what is nil is undefined. */
  list(
    L: LuaState,
    from: number,
    names: readonly string[],
    places: readonly (Place | undefined)[],
  ) {
    const values: (Value | undefined)[] = []
    const last = this.lua.lua_gettop(L)
    this.#bytes = 0
    for (let index = from; index <= last; index++) {
      const n = index - from
      this.path.length = 0
      this.above.length = 0
      this.path.push(names[n] ?? `argument ${n + 1}`)
      values.push(this.value(L, index, places[n]))
    }
    return values
  }

  /** As `take`, inside one. */
  value(L: LuaState, index: number, place: Place | undefined): Value | undefined {
    switch (this.lua.lua_type(L, index)) {
      case NIL:
        return undefined
      case BOOLEAN:
        return this.lua.lua_toboolean(L, index)
      case NUMBER:
        return this.#number(L, index)
      case STRING:
        return place?.keyword('x-bytes') === true ? this.#string(L, index) : this.text(L, index)
      case TABLE:
        return this.#table(L, index, place)
      case LIGHT:
        return this.kinds.isNull(L, index) ? null : this.#refuse(L, index)
      case USERDATA:
        return this.#userdata(L, index)
      case FUNCTION:
        return this.#function(L, index, place)
      default:
        return this.#refuse(L, index)
    }
  }

  #number(L: LuaState, index: number): number {
    this.grow(8)
    // Adding 0 makes -0 a plain 0: no other language keeps it.
    const number = this.lua.lua_tonumber(L, index) + 0
    if (!Number.isFinite(number)) throw this.unsupported(String(number), 'a finite number')
    return number
  }

  text(L: LuaState, index: number): string {
    const { text } = this.#machine
    this.grow(text.bytes(L, index).length)
    const value = text.at(L, index)
    if (value === undefined) throw this.unsupported('bytes that are not UTF-8', 'text in UTF-8')
    return value
  }

  /** Where bytes may stand, a string that is no text is bytes. */
  #string(L: LuaState, index: number): string | Uint8Array {
    const { text } = this.#machine
    const bytes = text.bytes(L, index)
    this.grow(bytes.length)
    return text.at(L, index) ?? Uint8Array.from(bytes)
  }

  #table(L: LuaState, index: number, place: Place | undefined): Value {
    const kind = this.kinds.of(L, index)
    switch (kind?.kind) {
      case 'handle':
        return this.#handle(L, index, kind) as unknown as Value
      case 'stream':
        return { [REF]: 'stream', id: this.id(L, index) } satisfies StreamRef
      case 'module':
        throw moduleAsValue(kind.name)
      case 'task':
      case 'builder':
        throw this.unsupported(`a ${kind.kind}`)
      case 'array':
        return takeTable(this, L, index, { array: true, place })
      case 'object':
        return takeTable(this, L, index, { array: false, place })
      default:
        return takeTable(this, L, index, { array: undefined, place })
    }
  }

  #handle(L: LuaState, index: number, kind: Kind & { kind: 'handle' }): HandleRef {
    this.grow(64)
    return { [REF]: 'handle', type: kind.type, id: this.id(L, index), fields: {} }
  }

  /** The id of the handle or stream at an index. */
  id(L: LuaState, index: number): string {
    return this.#ids.get(this.lua.lua_topointer(L, index)!)!
  }

  /** Keeps the id of the handle or stream on top of the stack. */
  remember(L: LuaState, id: string): void {
    const key = this.lua.lua_topointer(L, -1)!
    this.#ids.set(key, id)
    this.ids.set(key, (l) => this.#machine.text.push(l, id))
  }

  #userdata(L: LuaState, index: number): Uint8Array {
    if (this.kinds.of(L, index)?.kind !== 'bytes') return this.#refuse(L, index)
    const bytes = this.kinds.bytes.get(this.lua.lua_touserdata(L, index) as object)!
    this.grow(bytes.length)
    return Uint8Array.from(bytes)
  }

  #function(L: LuaState, index: number, place: Place | undefined): Value {
    if (!place?.callback) throw this.unsupported('a function', 'plain data')
    const id = this.#keep(L, index, place)
    const { keeps } = place.keyword('x-callback') as { readonly keeps?: string }
    return {
      [REF]: 'callback',
      id,
      ...(keeps === undefined ? {} : { keeps }),
    } satisfies CallbackRef
  }

  #refuse(L: LuaState, index: number): never {
    throw this.unsupported(TYPE_NAMES[this.lua.lua_type(L, index)] ?? 'a value')
  }

  grow(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > VALUE_LIMITS.bytes) throw tooLarge(`more than ${VALUE_LIMITS.bytes} bytes`)
  }

  unsupported(found: string, expected?: string): SpellError {
    return unsupported(pathText(this.path), found, expected)
  }
}

function pathText(path: readonly (string | number)[]): string {
  const parts = path.map((key, i) => {
    if (typeof key === 'number') return `[${key}]`
    return i === 0 ? key : `.${key}`
  })
  return parts.join('')
}

function moduleAsValue(name: string): SpellError {
  return new SpellError('INPUT_INVALID', `The module '${name}' cannot be given as a value.`, {
    hint: `Functions of a module are called with a dot: ${name}.x(...), not ${name}:x(...).`,
  })
}
