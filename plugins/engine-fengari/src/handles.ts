import type { HandleRef, ScriptHandle, ScriptModule, StreamRef } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { HANDLES, unknownName } from '@llmspell/sdk/lua'
import { ask, signature } from './calls.ts'
import type { Core } from './core.ts'
import { show } from './libs/output.ts'
import type { LuaState, Proxy } from './api.ts'
import type { Native } from './machine.ts'
import type { References } from './push.ts'
import { streamPrelude } from './streams.ts'

interface Type {
  readonly module: ScriptModule
  readonly name: string
  readonly handle: ScriptHandle
}

const loaded = new WeakSet<Core>()

/** Loads the Lua side of handles and builders when the first of them is made. */
export function preludeHandles(core: Core, L: LuaState): void {
  if (loaded.has(core)) return
  loaded.add(core)
  core.host(L)
  core.setNative(L, 'unknown', (l) => raiseUnknown(core, l))
  core.set(L, 'builder_type', () => {
    core.machine.lua.lua_createtable(L, 0, 4)
    core.kinds.register(L, { kind: 'builder' })
  })
  core.machine.lua.lua_settop(L, -2)
  core.runPrelude(L, HANDLES)
}

/** Arguments: what it is, the name asked for, the known names. */
function raiseUnknown(core: Core, L: LuaState): never {
  const owner = core.taker.take(L, 1, 'owner') as string
  const key = show(core, L, 2)
  const known = Object.values(core.taker.take(L, 3, 'known') as Record<string, string>)
  throw unknownName(`${owner} has no '${key}'.`, key, known)
}

/** Makes Lua objects of the references that answers carry. */
export class Handles implements References {
  readonly #metatables = new Map<string, Proxy>()
  #core!: Core

  attach(core: Core): void {
    this.#core = core
  }

  handle(L: LuaState, ref: HandleRef, module: string): void {
    const { machine, pusher, kinds, taker } = this.#core
    const metatable = this.#metatable(L, this.#find(ref.type, module))
    machine.lua.lua_createtable(L, 0, 0)
    taker.remember(L, ref.id)
    const handle = machine.lua.lua_topointer(L, -1)!
    pusher.push(L, ref.fields ?? {}, { module })
    this.#core.fields.set(handle, machine.lua.lua_toproxy(L, -1))
    machine.lua.lua_settop(L, -2)
    kinds.mark(L, metatable)
  }

  stream(L: LuaState, ref: StreamRef, module: string): void {
    const { machine } = this.#core
    streamPrelude(this.#core, L)
    this.#core.pushShared(L, 'stream')
    machine.text.push(L, ref.id)
    machine.text.push(L, module)
    machine.lua.lua_call(L, 2, 1)
    this.#core.taker.remember(L, ref.id)
  }

  #find(type: string, from: string): Type {
    const [owner, name] = type.includes('.') ? type.split('.') : [undefined, type]
    const order = [owner, from, name, ...this.#core.options.modules]
    for (const each of order) {
      if (!each || !this.#core.options.modules.includes(each)) continue
      const module = this.#core.describe(each)
      const handle = module.handles?.[name!]
      if (handle) return { module, name: name!, handle }
    }
    throw new SpellError('NOT_AVAILABLE', `No module describes the handle '${type}'.`)
  }

  #metatable(L: LuaState, type: Type): Proxy {
    const id = `${type.module.name}.${type.name}`
    const known = this.#metatables.get(id)
    if (known !== undefined) return known
    const key = makeMetatable(this.#core, L, type)
    this.#metatables.set(id, key)
    return key
  }
}

function makeMetatable(core: Core, L: LuaState, type: Type): Proxy {
  const { machine, kinds, pusher } = core
  const kind = { kind: 'handle', module: type.module.name, type: type.name } as const
  preludeHandles(core, L)
  core.pushShared(L, 'handle_type')
  machine.text.push(L, type.name)
  pushMethods(core, L, type)
  pusher.push(L, Object.keys(type.handle.fields ?? {}))
  machine.lua.lua_call(L, 3, 1)
  const key = kinds.register(L, kind)
  machine.lua.lua_settop(L, -2)
  return key
}

function pushMethods(core: Core, L: LuaState, type: Type): void {
  const methods = Object.entries(type.handle.methods).filter(([, fn]) => !fn.hidden)
  core.machine.lua.lua_createtable(L, 0, methods.length)
  for (const [name] of methods) core.setNative(L, name, methodNative(core, type, name))
}

function methodNative(core: Core, type: Type, name: string): Native {
  const fn = type.handle.methods[name]!
  const form = signature(core, type.module, fn)
  const target = { module: type.module.name, function: `${type.name}.${name}` }
  return (L) => {
    if (!isSelf(core, L, type)) throw notSelf(type.name, name)
    const handle = core.taker.id(L, 1)
    const args = core.taker.list(L, 2, form.names, form.places)
    if (fn.kind !== 'notify') return ask(core, L, { ...target, handle, args }, form.arrive)
    core.options.notify({ ...target, handle, args })
    return 0
  }
}

function isSelf(core: Core, L: LuaState, type: Type): boolean {
  const kind = core.kinds.of(L, 1)
  return kind?.kind === 'handle' && kind.type === type.name && kind.module === type.module.name
}

function notSelf(type: string, name: string): SpellError {
  const example = `${type.toLowerCase()}:${name}(...)`
  return new SpellError(
    'INPUT_INVALID',
    `'${name}' is a method of ${type} and was called without it.`,
    {
      hint: `Call it with a colon: ${example}, not with a dot.`,
    },
  )
}
