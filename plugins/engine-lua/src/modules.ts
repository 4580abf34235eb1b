import type { ScriptFunction, ScriptModule, Value } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { unknownName, visible } from '@llmspell/sdk/lua'
import { builderNative } from './builders.ts'
import { ask, callNative, notifyNative, signature } from './calls.ts'
import type { Core } from './core.ts'
import { STRING, upvalue } from './lua.ts'
import type { Native } from './machine.ts'
import { extendJson } from './libs/json.ts'

/** Pushes the table of a described module. Needs protected mode. */
export function pushModule(core: Core, L: number, name: string): void {
  const module = core.describe(name)
  const { api } = core.machine
  const functions = Object.entries(module.functions).filter(([, fn]) => !fn.hidden)
  api.lua_createtable(L, 0, functions.length)
  for (const [key, fn] of functions) core.setNative(L, key, functionNative(core, module, key, fn))
  if (name === 'JSON') extendJson(core, L)
  pushMetatable(core, L, module)
  api.lua_setmetatable(L, -2)
}

function pushMetatable(core: Core, L: number, module: ScriptModule): void {
  const missing = fallbackNative(core, module)
  core.machine.api.lua_createtable(L, 0, 4)
  core.kinds.register(L, { kind: 'module', name: module.name })
  core.set(L, '__name', () => core.machine.text.push(L, module.name))
  core.set(L, '__metatable', () => core.machine.api.lua_pushboolean(L, 0))
  core.setNative(L, '__index', (l) => readField(core, l, module, missing))
}

function readField(core: Core, L: number, module: ScriptModule, missing?: number): number {
  const { api, text } = core.machine
  const key = api.lua_type(L, 2) === STRING ? text.at(L, 2) : undefined
  if (key !== undefined && module.fields && Object.hasOwn(module.fields, key)) {
    core.pusher.push(L, core.options.field(module.name, key), { module: module.name })
    return 1
  }
  if (key === undefined || missing === undefined) {
    throw unknownName(`${module.name} has no '${key ?? '?'}'.`, key, visible(module))
  }
  text.push(L, key)
  core.machine.pushNative(L, missing, 1)
  return 1
}

/** Number of the native that stands for unknown names; the name is bound to it. */
function fallbackNative(core: Core, module: ScriptModule): number | undefined {
  const name = module.fallback
  if (name === undefined || !module.functions[name]) return undefined
  const form = signature(core, module, module.functions[name])
  return core.machine.native((L) => {
    const rest = core.taker.list(L, 1, form.names.slice(1), form.places.slice(1))
    const args = [core.machine.text.at(L, upvalue(2)), ...rest]
    return ask(core, L, { module: module.name, function: name, args }, form.arrive)
  })
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
  L: number,
  value: Value | undefined,
  options: Value | undefined,
): void {
  const nulls = (options as { null?: unknown } | null | undefined)?.null === 'keep'
  core.pusher.push(L, value, { module: 'JSON', nulls })
}
