import { ask } from './calls.ts'
import type { Core } from './core.ts'
import type { LuaApi } from './lua.ts'
import { REGISTRY, STRING } from './lua.ts'
import { setArgs } from './libs/args.ts'
import { bytesType } from './libs/bytes.ts'
import { extendJson } from './libs/json.ts'
import { pushOs } from './libs/os.ts'
import { output } from './libs/output.ts'
import { seeds } from './libs/random.ts'
import { withoutShebang } from '@llmspell/sdk/lua'
import { pushModule } from './modules.ts'
import { runPrelude } from './prelude.ts'
import { pushAsync } from './async.ts'
import { BASE, COROUTINES, OWN } from './generated/prelude.ts'
import { syntaxError } from './syntax.ts'
import { HOST, KEYS, NULL } from './registry.ts'

const LIBRARIES = ['coroutine', 'debug', 'string', 'table', 'math', 'utf8'] as const

/** Sets up everything a script finds. Runs in protected mode. */
export function setGlobals(core: Core, L: number): void {
  openLibraries(core, L)
  makeTypes(core, L)
  makeShared(core, L)
  pushGlobals(core, L)
  output(core, L)
  core.set(L, 'os', () => pushOs(core, L))
  setArgs(core, L)
  core.machine.api.lua_settop(L, -2)
  runPrelude(core, L, OWN)
  runPrelude(core, L, BASE)
  runPrelude(core, L, COROUTINES)
  nullType(core, L)
  seed(core, L)
  lazyModules(core, L)
}

function openLibraries(core: Core, L: number): void {
  const { api, text } = core.machine
  const open = (name: string, fn: keyof LuaApi): void => {
    const slot = slotOf(api, fn)
    api.luaL_requiref(L, text.constant(name), slot, 1)
    api.lua_settop(L, -2)
  }
  open('_G', 'luaopen_base')
  for (const name of LIBRARIES) open(name, `luaopen_${name}`)
}

/** Exports are put into the table once more: their own slots are not exported. */
function slotOf(api: LuaApi, fn: keyof LuaApi): number {
  const slot = api.__indirect_function_table.grow(1)
  api.__indirect_function_table.set(slot, api[fn])
  return slot
}

function makeTypes(core: Core, L: number): void {
  const { api } = core.machine
  for (const kind of ['array', 'object', 'error'] as const) {
    api.lua_createtable(L, 0, 2)
    core.kinds.register(L, { kind: kind === 'error' ? 'object' : kind }, KEYS[kind])
    api.lua_settop(L, -2)
  }
  bytesType(core, L)
  for (const key of [KEYS.tasks, KEYS.callbacks]) pushTable(core, L, key)
  for (const key of [KEYS.ids, KEYS.fields]) pushTable(core, L, key, 'k')
}

function pushTable(core: Core, L: number, key: number, mode?: string): void {
  const { api, text } = core.machine
  api.lua_createtable(L, 0, 0)
  if (mode !== undefined) {
    api.lua_createtable(L, 0, 1)
    core.set(L, '__mode', () => text.push(L, mode))
    api.lua_setmetatable(L, -2)
  }
  api.lua_rawsetp(L, REGISTRY, key)
}

/** The table that the prelude files get: what they need of the registry, and natives. */
function makeShared(core: Core, L: number): void {
  const { api } = core.machine
  api.lua_createtable(L, 0, 16)
  for (const name of ['error', 'array', 'tasks', 'ids', 'fields'] as const) {
    core.set(L, name, () => api.lua_rawgetp(L, REGISTRY, KEYS[name]))
  }
  core.set(L, 'tag', () => api.lua_pushlightuserdata(L, HOST))
  core.setNative(L, 'read_module', (l) => readModule(core, l))
  core.setNative(L, 'compile', (l) => compile(core, l))
  api.lua_rawsetp(L, REGISTRY, KEYS.host)
}

/** Argument: the name. Gives the file and its source. */
function readModule(core: Core, L: number): number {
  const args = [core.taker.take(L, 1, 'name'), ['.lua']]
  const call = { module: 'Run', function: 'load_module', args }
  return ask(core, L, call, (l, value) => core.pusher.push(l, value))
}

/** Arguments: source, file. Gives the function of the chunk. */
function compile(core: Core, L: number): number {
  const source = core.taker.take(L, 1, 'source') as string
  const file = core.taker.take(L, 2, 'file') as string
  core.frames.addFile(file, source)
  const message = core.load(L, withoutShebang(source), `@${file}`)
  if (message !== undefined) throw syntaxError(core, message, source, file)
  return 1
}

/** Pushes the table of globals. */
export function pushGlobals(core: Core, L: number): void {
  // LUA_RIDX_GLOBALS is 2, and a registry key is taken raw.
  core.machine.api.lua_rawgeti(L, REGISTRY, 2n)
}

function nullType(core: Core, L: number): void {
  const { api, text } = core.machine
  api.lua_pushlightuserdata(L, NULL)
  api.lua_createtable(L, 0, 2)
  core.setNative(L, '__tostring', (l) => {
    text.push(l, 'null')
    return 1
  })
  core.set(L, '__metatable', () => api.lua_pushboolean(L, 0))
  api.lua_setmetatable(L, -2)
  api.lua_settop(L, -2)
}

function seed(core: Core, L: number): void {
  const { api, text } = core.machine
  pushGlobals(core, L)
  text.push(L, 'math')
  api.lua_rawget(L, -2)
  text.push(L, 'randomseed')
  api.lua_rawget(L, -2)
  for (const part of seeds(core.options.facts.seed)) api.lua_pushinteger(L, part)
  api.lua_callk(L, 2, 0, 0, 0)
  api.lua_settop(L, -3)
}

/** A module becomes a global when a script first touches its name. */
function lazyModules(core: Core, L: number): void {
  const { api } = core.machine
  pushGlobals(core, L)
  api.lua_createtable(L, 0, 2)
  core.setNative(L, '__index', (l) => globalModule(core, l))
  core.set(L, '__metatable', () => api.lua_pushboolean(L, 0))
  api.lua_setmetatable(L, -2)
  api.lua_settop(L, -2)
}

function globalModule(core: Core, L: number): number {
  const { api, text } = core.machine
  const name = api.lua_type(L, 2) === STRING ? text.at(L, 2) : undefined
  if (name === undefined || !pushGlobal(core, L, name)) return 0
  pushGlobals(core, L)
  text.push(L, name)
  api.lua_pushvalue(L, -3)
  api.lua_rawset(L, -3)
  api.lua_settop(L, -2)
  return 1
}

function pushGlobal(core: Core, L: number, name: string): boolean {
  if (core.options.modules.includes(name)) pushModule(core, L, name)
  else if (name === 'Async') pushAsync(core, L)
  else if (name === 'JSON') {
    core.machine.api.lua_createtable(L, 0, 3)
    extendJson(core, L)
  } else return false
  return true
}
