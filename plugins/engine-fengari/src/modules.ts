import type { ScriptFunction, ScriptModule, Value } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { unknownName, visible } from '@llmspell/sdk/lua'
import { builderNative } from './builders.ts'
import { ask, callNative, notifyNative, signature } from './calls.ts'
import type { Core } from './core.ts'
import type { LuaState } from './api.ts'
import { STRING } from './api.ts'
import type { Native } from './machine.ts'
import { extendJson } from './libs/json.ts'

/** Pushes the table of a described module. Needs protected mode. */
export function pushModule(core: Core, L: LuaState, name: string): void {
  const module = core.describe(name)
  const { lua } = core.machine
  const functions = Object.entries(module.functions).filter(([, fn]) => !fn.hidden)
  lua.lua_createtable(L, 0, functions.length)
  for (const [key, fn] of functions) core.setNative(L, key, functionNative(core, module, key, fn))
  if (name === 'JSON') extendJson(core, L)
  pushMetatable(core, L, module)
  lua.lua_setmetatable(L, -2)
}

function pushMetatable(core: Core, L: LuaState, module: ScriptModule): void {
  const missing = fallbackNative(core, module)
  core.machine.lua.lua_createtable(L, 0, 4)
  core.kinds.register(L, { kind: 'module', name: module.name })
  core.set(L, '__name', () => core.machine.text.push(L, module.name))
  core.set(L, '__metatable', () => core.machine.lua.lua_pushboolean(L, false))
  core.setNative(L, '__index', (l) => readField(core, l, module, missing))
}

function readField(core: Core, L: LuaState, module: ScriptModule, missing?: Fallback): number {
  const { lua, text } = core.machine
  const key = lua.lua_type(L, 2) === STRING ? text.at(L, 2) : undefined
  if (key !== undefined && module.fields && Object.hasOwn(module.fields, key)) {
    core.pusher.push(L, core.options.field(module.name, key), { module: module.name })
    return 1
  }
  if (key === undefined || missing === undefined) {
    throw unknownName(`${module.name} has no '${key ?? '?'}'.`, key, visible(module))
  }
  core.machine.pushNative(L, missing(key))
  return 1
}

/** Makes the native that stands for an unknown name. */
type Fallback = (name: string) => Native

function fallbackNative(core: Core, module: ScriptModule): Fallback | undefined {
  const name = module.fallback
  if (name === undefined || !module.functions[name]) return undefined
  const form = signature(core, module, module.functions[name])
  return (first) => (L) => {
    const rest = core.taker.list(L, 1, form.names.slice(1), form.places.slice(1))
    const args = [first, ...rest]
    return ask(core, L, { module: module.name, function: name, args }, form.arrive)
  }
}

function functionNative(core: Core, module: ScriptModule, key: string, fn: ScriptFunction): Native {
  const form = signature(core, module, fn)
  if (fn.kind === 'notify') return notifyNative(core, module.name, key, form)
  if (fn.kind !== 'local') return callNative(core, module.name, key, form)
  if (fn.builder) return builderNative(core, module, fn.builder)
  return localNative(core, module, key, form)
}

function localNative(
  core: Core,
  module: ScriptModule,
  key: string,
  form: ReturnType<typeof signature>,
): Native {
  const { locals, facts } = core.options
  const name = `${module.name}.${key}`
  return (L) => {
    const args = core.taker.list(L, 1, form.names, form.places)
    const fn = Object.hasOwn(locals, name) ? locals[name] : undefined
    if (!fn) throw new SpellError('NOT_AVAILABLE', `'${name}' is not available here.`)
    const value = fn(args, facts)
    if (name === 'JSON.parse') pushParsed(core, L, value, args[1])
    else form.arrive(L, value)
    return 1
  }
}

function pushParsed(
  core: Core,
  L: LuaState,
  value: Value | undefined,
  options: Value | undefined,
): void {
  const nulls = (options as { null?: unknown } | null | undefined)?.null === 'keep'
  core.pusher.push(L, value, { module: 'JSON', nulls })
}
