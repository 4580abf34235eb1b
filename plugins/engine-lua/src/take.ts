import type { CallbackRef, HandleRef, StreamRef, Value } from '@llmspell/sdk'
import { REF, SpellError, VALUE_LIMITS, unsupported } from '@llmspell/sdk'
import type { Kind, Kinds } from './kinds.ts'
import type { LuaApi } from './lua.ts'
import {
  BOOLEAN,
  FUNCTION,
  LIGHT,
  NIL,
  NUMBER,
  REGISTRY,
  STRING,
  TABLE,
  TYPE_NAMES,
  USERDATA,
} from './lua.ts'
import type { Machine } from './machine.ts'
import type { Place } from '@llmspell/sdk/lua'
import { KEYS, NULL } from './registry.ts'
import { takeTable } from './take-table.ts'
import type { Walk } from './walk.ts'
import { tooLarge } from './walk.ts'

const EXACT = 2 ** 53

/** Copies plain data out of Lua: raw access only, so no code of the script runs meanwhile. */
export class Taker implements Walk {
  readonly api: LuaApi
  readonly kinds: Kinds
  readonly #machine: Machine
  readonly #keep: (L: number, index: number, place: Place) => number
  readonly path: (string | number)[] = []
  readonly above: number[] = []
  #bytes = 0

  /** @param keep stores the function at an index and returns its number */
  constructor(
    machine: Machine,
    kinds: Kinds,
    keep: (L: number, index: number, place: Place) => number,
  ) {
    this.#machine = machine
    this.api = machine.api
    this.kinds = kinds
    this.#keep = keep
  }

  /** The value at an absolute index. @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
  take(L: number, index: number, name: string, place?: Place): Value | undefined {
    this.#bytes = 0
    this.path.length = 0
    this.above.length = 0
    this.path.push(name)
    return this.value(L, index, place)
  }

  /** The values from one index to the last; what is nil is undefined. */
  list(L: number, from: number, names: readonly string[], places: readonly (Place | undefined)[]) {
    const values: (Value | undefined)[] = []
    const last = this.api.lua_gettop(L)
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
  value(L: number, index: number, place: Place | undefined): Value | undefined {
    switch (this.api.lua_type(L, index)) {
      case NIL:
        return undefined
      case BOOLEAN:
        return this.api.lua_toboolean(L, index) === 1
      case NUMBER:
        return this.#number(L, index)
      case STRING:
        return place?.keyword('x-bytes') === true ? this.#string(L, index) : this.text(L, index)
      case TABLE:
        return this.#table(L, index, place)
      case LIGHT:
        return this.kinds.isLight(L, index, NULL) ? null : this.#refuse(L, index)
      case USERDATA:
        return this.#userdata(L, index)
      case FUNCTION:
        return this.#function(L, index, place)
      default:
        return this.#refuse(L, index)
    }
  }

  #number(L: number, index: number): number {
    this.grow(8)
    // Adding 0 makes -0 a plain 0: no other language keeps it.
    const number = this.api.lua_tonumberx(L, index, 0) + 0
    if (Math.abs(number) < EXACT) return number
    if (!Number.isFinite(number)) throw this.unsupported(String(number), 'a finite number')
    if (this.api.lua_isinteger(L, index) === 1) this.#exact(L, index)
    return number
  }

  #exact(L: number, index: number): void {
    const integer = this.api.lua_tointegerx(L, index, 0)
    if (integer > 2n ** 53n || integer < -(2n ** 53n)) {
      throw this.unsupported(`the integer ${integer}`, 'an integer within 2^53')
    }
  }

  text(L: number, index: number): string {
    const { text } = this.#machine
    const pointer = this.api.lua_tolstring(L, index, text.size)
    const length = text.word(text.size)
    this.grow(length)
    const value = text.read(pointer, length)
    if (value === undefined) throw this.unsupported('bytes that are not UTF-8', 'text in UTF-8')
    return value
  }

  /** Where bytes may stand, a string that is no text is bytes. */
  #string(L: number, index: number): string | Uint8Array {
    const { text } = this.#machine
    const pointer = this.api.lua_tolstring(L, index, text.size)
    const length = text.word(text.size)
    this.grow(length)
    return text.read(pointer, length) ?? text.bytes(pointer, length)
  }

  /** Puts all that a table of kept entries stands for into it. */
  fill: (L: number, index: number) => void = () => {}

  #table(L: number, index: number, place: Place | undefined): Value {
    const kind = this.kinds.of(L, index)
    switch (kind?.kind) {
      case 'handle':
        return this.#handle(L, index, kind) as unknown as Value
      case 'stream':
        return { [REF]: 'stream', id: this.id(L, index) } satisfies StreamRef
      case 'module':
        if (this.path[0] === 'result') throw this.unsupported(`the module '${kind.name}'`)
        throw moduleAsValue(kind.name)
      case 'task':
      case 'builder':
        throw this.unsupported(`a ${kind.kind}`)
      case 'kept':
        this.fill(L, index)
        return takeTable(this, L, index, { array: false, place })
      case 'array':
        return takeTable(this, L, index, { array: true, place })
      case 'object':
        return takeTable(this, L, index, { array: false, place })
      default:
        return takeTable(this, L, index, { array: undefined, place })
    }
  }

  #handle(L: number, index: number, kind: Kind & { kind: 'handle' }): HandleRef {
    this.grow(64)
    return { [REF]: 'handle', type: kind.type, id: this.id(L, index), fields: {} }
  }

  /** The id of the handle or stream at an index. */
  id(L: number, index: number): string {
    this.api.lua_rawgetp(L, REGISTRY, KEYS.ids)
    this.api.lua_pushvalue(L, index)
    this.api.lua_rawget(L, -2)
    const id = this.#machine.text.at(L, -1)!
    this.api.lua_settop(L, -3)
    return id
  }

  #userdata(L: number, index: number): Uint8Array {
    if (this.kinds.of(L, index)?.kind !== 'bytes') return this.#refuse(L, index)
    this.api.lua_getiuservalue(L, index, 1)
    const { text } = this.#machine
    const pointer = this.api.lua_tolstring(L, -1, text.size)
    const length = text.word(text.size)
    this.grow(length)
    const bytes = text.bytes(pointer, length)
    this.api.lua_settop(L, -2)
    return bytes
  }

  #function(L: number, index: number, place: Place | undefined): Value {
    if (!place?.callback) throw this.unsupported('a function', 'plain data')
    const id = this.#keep(L, index, place)
    const { keeps } = place.keyword('x-callback') as { readonly keeps?: string }
    return {
      [REF]: 'callback',
      id,
      ...(keeps === undefined ? {} : { keeps }),
    } satisfies CallbackRef
  }

  #refuse(L: number, index: number): never {
    throw this.unsupported(TYPE_NAMES[this.api.lua_type(L, index)] ?? 'a value')
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
