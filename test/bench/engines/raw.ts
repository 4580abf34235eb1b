// The engines' libraries by their own API, as somebody would use them who has no llmspell.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as core from 'quickjs-emscripten-core'
import { ROOT } from '../../support/root.ts'
import type { Work } from './work.ts'

/** A state of a library. `run` gives undefined for what its API does not offer. */
export interface RawState {
  run(work: Work): Promise<unknown>
  close(): void
}

const from = (plugin: string): NodeJS.Require =>
  createRequire(join(ROOT, 'plugins', plugin, 'package.json'))
const same = (value: number): number => value
const soon = (value: number): Promise<number> => Promise.resolve(value)

async function wasmoon(): Promise<RawState> {
  const file = from('engine-lua').resolve('wasmoon')
  const { LuaFactory } = (await import(file)) as typeof import('wasmoon')
  const lua = await new LuaFactory().createEngine({ enableProxy: false })
  lua.global.set('here', same)
  lua.global.set('now', same)
  lua.global.set('promised', soon)
  lua.global.set('JSON', { parse: (text: string) => JSON.parse(text), stringify: JSON.stringify })
  await lua.doString('function soon(i) return promised(i):await() end')
  return { run: (work) => lua.doString(work.lua), close: () => lua.global.close() }
}

type Context = core.QuickJSContext

async function quickjs(): Promise<RawState> {
  const { newQuickJSWASMModuleFromVariant } = await import('quickjs-emscripten-core')
  const variant = from('engine-javascript')('@jitl/quickjs-wasmfile-release-sync') as {
    default: core.QuickJSSyncVariant
  }
  const module = await newQuickJSWASMModuleFromVariant(variant.default)
  const vm = module.newContext()
  for (const name of ['here', 'now']) {
    const fn = vm.newFunction(name, (value) => vm.newNumber(vm.getNumber(value)))
    fn.consume((handle) => vm.setProp(vm.global, name, handle))
  }
  vm.newFunction('soon', (value) => promised(vm, vm.getNumber(value))).consume((handle) =>
    vm.setProp(vm.global, 'soon', handle),
  )
  return { run: (work) => evaluate(vm, work.javascript), close: () => vm.dispose() }
}

function promised(vm: Context, value: number): core.QuickJSHandle {
  const deferred = vm.newPromise()
  void soon(value).then((found) => {
    vm.newNumber(found).consume((handle) => deferred.resolve(handle))
    vm.runtime.executePendingJobs()
  })
  return deferred.handle
}

async function evaluate(vm: Context, source: string): Promise<unknown> {
  const promise = vm.unwrapResult(vm.evalCode(`(async () => { ${source} })()`))
  const settled = vm.resolvePromise(promise)
  vm.runtime.executePendingJobs()
  const value = vm.unwrapResult(await settled)
  promise.dispose()
  return value.consume((handle) => vm.dump(handle) as unknown)
}

type Native = (L: object) => number
interface Fengari {
  readonly lua: Record<string, (...args: unknown[]) => number>
  readonly lauxlib: Record<string, (...args: unknown[]) => object>
  readonly lualib: { luaL_openlibs(L: object): void }
  to_luastring(text: string): Uint8Array
}

async function fengari(): Promise<RawState> {
  const { lua, lauxlib, lualib, to_luastring } = from('engine-fengari')('fengari') as Fengari
  const L = lauxlib['luaL_newstate']!()
  lualib.luaL_openlibs(L)
  const back: Native = (state) => {
    lua['lua_pushnumber']!(state, lua['lua_tonumber']!(state, 1))
    return 1
  }
  for (const name of ['here', 'now']) {
    lua['lua_pushcfunction']!(L, back)
    lua['lua_setglobal']!(L, to_luastring(name))
  }
  const run = async (work: Work): Promise<unknown> => {
    if (work.host === 'json' || work.lua.includes('soon')) return undefined
    lauxlib['luaL_loadstring']!(L, to_luastring(work.lua))
    lua['lua_callk']!(L, 0, 1, 0, null)
    const value = lua['lua_tonumber']!(L, -1)
    lua['lua_settop']!(L, 0)
    return value
  }
  return { run, close: () => {} }
}

/** By the name of the engine that stands on the library. */
export const LIBRARIES: Readonly<
  Record<string, { readonly name: string; open(): Promise<RawState> }>
> = {
  lua: { name: 'wasmoon', open: wasmoon },
  javascript: { name: 'quickjs-emscripten', open: quickjs },
  fengari: { name: 'fengari', open: fengari },
}
