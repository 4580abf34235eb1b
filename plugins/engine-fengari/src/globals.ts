import { BASE, COROUTINES } from '@llmspell/sdk/lua'
import { ask } from './calls.ts'
import type { Core } from './core.ts'
import type { LuaNative, LuaState } from './api.ts'
import { STRING } from './api.ts'
import { HOST } from './machine.ts'
import { NULL } from './kinds.ts'
import { setArgs } from './libs/args.ts'
import { bytesType } from './libs/bytes.ts'
import { collect } from './libs/collect.ts'
import { extendJson } from './libs/json.ts'
import { pushOs } from './libs/os.ts'
import { output } from './libs/output.ts'
import { randomness } from './libs/random.ts'
import { pushModule } from './modules.ts'
import { pushAsync } from './async.ts'
import { OWN } from './own.ts'
import { syntaxError } from './syntax.ts'
import { bytesOf } from './text.ts'
import { WeakTable } from './weak.ts'

const LIBRARIES = ['coroutine', 'debug', 'string', 'table', 'math', 'utf8'] as const

/** Sets up everything a script finds. Runs in protected mode. */
export function setGlobals(core: Core, L: LuaState): void {
  openLibraries(core, L)
  makeTypes(core, L)
  makeShared(core, L)
  pushGlobals(core, L)
  output(core, L)
  core.setNative(L, 'collectgarbage', (l) => collect(core, l))
  core.set(L, 'os', () => pushOs(core, L))
  randomness(core, L)
  setArgs(core, L)
  core.machine.lua.lua_settop(L, -2)
  core.runPrelude(L, OWN)
  core.runPrelude(L, BASE)
  core.runPrelude(L, COROUTINES)
  nullType(core, L)
  lazyModules(core, L)
}

function openLibraries(core: Core, L: LuaState): void {
  const { lua, aux, libs } = core.machine
  const open = (name: string, fn: LuaNative): void => {
    aux.luaL_requiref(L, bytesOf(name), fn, 1)
    lua.lua_settop(L, -2)
  }
  open('_G', libs.luaopen_base)
  for (const name of LIBRARIES) open(name, libs[`luaopen_${name}`])
}

function makeTypes(core: Core, L: LuaState): void {
  const { lua } = core.machine
  for (const kind of ['array', 'object', 'error'] as const) {
    lua.lua_createtable(L, 0, 2)
    core.kinds.registerMark(L, kind)
    lua.lua_settop(L, -2)
  }
  bytesType(core, L)
}

/** The table that the prelude files get: what they need of the session, and natives. */
function makeShared(core: Core, L: LuaState): void {
  const { lua } = core.machine
  lua.lua_createtable(L, 0, 16)
  core.host = lua.lua_toproxy(L, -1)
  core.set(L, 'error', () => core.kinds.pushMark(L, 'error'))
  core.set(L, 'tasks', () => core.driver.coroutines.push(L))
  core.set(L, 'ids', () => core.taker.ids.push(L))
  core.set(L, 'fields', () => core.fields.push(L))
  core.set(L, 'tag', () => lua.lua_pushlightuserdata(L, HOST))
  core.setNative(L, 'weak', (l) => {
    new WeakTable(core.machine).push(l)
    return 1
  })
  core.setNative(L, 'read_module', (l) => readModule(core, l))
  core.setNative(L, 'compile', (l) => compile(core, l))
  lua.lua_settop(L, -2)
}

/** Argument: the name. Gives the file and its source. */
function readModule(core: Core, L: LuaState): number {
  const args = [core.taker.take(L, 1, 'name'), ['.lua']]
  const call = { module: 'Run', function: 'load_module', args }
  return ask(core, L, call, (l, value) => core.pusher.push(l, value))
}

/** Arguments: source, file. Gives the function of the chunk. */
function compile(core: Core, L: LuaState): number {
  const source = core.taker.take(L, 1, 'source') as string
  const file = core.taker.take(L, 2, 'file') as string
  core.frames.addFile(file)
  const message = core.load(L, source, `@${file}`)
  if (message !== undefined) throw syntaxError(core, message, source, file)
  return 1
}

/** Pushes the table of globals. */
export function pushGlobals(core: Core, L: LuaState): void {
  core.machine.lua.lua_pushglobaltable(L)
}

function nullType(core: Core, L: LuaState): void {
  const { lua, text } = core.machine
  lua.lua_pushlightuserdata(L, NULL)
  lua.lua_createtable(L, 0, 2)
  core.setNative(L, '__tostring', (l) => {
    text.push(l, 'null')
    return 1
  })
  core.set(L, '__metatable', () => lua.lua_pushboolean(L, false))
  lua.lua_setmetatable(L, -2)
  lua.lua_settop(L, -2)
}

/** A module becomes a global when a script first touches its name. */
function lazyModules(core: Core, L: LuaState): void {
  const { lua } = core.machine
  pushGlobals(core, L)
  lua.lua_createtable(L, 0, 2)
  core.setNative(L, '__index', (l) => globalModule(core, l))
  core.set(L, '__metatable', () => lua.lua_pushboolean(L, false))
  lua.lua_setmetatable(L, -2)
  lua.lua_settop(L, -2)
}

function globalModule(core: Core, L: LuaState): number {
  const { lua, text } = core.machine
  const name = lua.lua_type(L, 2) === STRING ? text.at(L, 2) : undefined
  if (name === undefined || !pushGlobal(core, L, name)) return 0
  pushGlobals(core, L)
  text.push(L, name)
  lua.lua_pushvalue(L, -3)
  lua.lua_rawset(L, -3)
  lua.lua_settop(L, -2)
  return 1
}

function pushGlobal(core: Core, L: LuaState, name: string): boolean {
  if (core.options.modules.includes(name)) pushModule(core, L, name)
  else if (name === 'Async') pushAsync(core, L)
  else if (name === 'JSON') {
    core.machine.lua.lua_createtable(L, 0, 3)
    extendJson(core, L)
  } else return false
  return true
}
