import type { ScriptModule } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './engine.ts'
import { luaModule } from './binary.ts'
import { wasm } from './wasm.ts'

const MODULE: ScriptModule = {
  name: 'Host',
  version: '1.0.0',
  doc: '',
  functions: { get: { doc: '', params: [] }, crash: { doc: '', params: [] } },
  handles: { Thing: { doc: '', methods: {} } },
}

interface Payload {
  readonly id: string
  readonly source: string
  /** A code, or what the script gives. */
  readonly expect: string | { readonly value: unknown }
  readonly plan?: EngineHostPlan
}

const nothing = { value: undefined }
const plan = { memoryBytes: 24 * 1024 * 1024 }
const handle = { $llmspell: 'handle', type: 'Thing', id: 'x', fields: {} } as const

const PAYLOADS: readonly Payload[] = [
  {
    id: 'LUA-01',
    source: 'return js.new(js.global.Function, "return process")()',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-02 value',
    source: 'return Host.get().constructor',
    expect: nothing,
    plan: { functions: { 'Host.get': () => ({ a: 1 }) } },
  },
  {
    id: 'LUA-02 handle',
    source: 'return Host.get().constructor',
    expect: 'FUNCTION_UNKNOWN',
    plan: { functions: { 'Host.get': () => ({ ...handle }) } },
  },
  {
    id: 'LUA-02 metatable',
    source: 'return getmetatable(Host.get())',
    expect: { value: false },
    plan: { functions: { 'Host.get': () => ({ ...handle }) } },
  },
  { id: 'LUA-03', source: 'return os.execute("id")', expect: 'SCRIPT_ERROR' },
  { id: 'LUA-03 exit', source: 'os.exit(0)', expect: 'SCRIPT_ERROR' },
  {
    id: 'LUA-04',
    source: 'return package.loadlib("./evil.js", "luaopen_x")()',
    expect: 'SCRIPT_ERROR',
  },
  { id: 'LUA-05', source: 'debug.sethook()', expect: 'SCRIPT_ERROR' },
  { id: 'LUA-05 registry', source: 'return debug.getregistry', expect: nothing },
  {
    id: 'LUA-11',
    source: 'error(setmetatable({}, { __tostring = function() error("x") end }))',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-14 rep',
    source: 'local t = {} for i = 1, 99 do t[i] = string.rep("x", 2e8) end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-14 double',
    source: 'local s = "x" while true do s = s .. s end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-14 caught',
    source: 'while true do pcall(string.rep, "x", 1e9) end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-15 table',
    source: 'local t = {} while true do t[#t + 1] = {} end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-15 keys',
    source: 'local t = {} for i = 1, 1e9 do t["k" .. i] = function() return i end end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-16',
    source: 'local t = {} for i = 1, 1e7 do t[i] = coroutine.create(print) end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-16 wrap',
    source:
      'local t = {} for i = 1, 1e7 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end',
    expect: 'MEMORY_LIMIT',
    plan,
  },
  {
    id: 'LUA-17',
    source: 'return load("\\27Lua\\x54\\0\\x19\\x93\\r\\n\\x1a\\n") == nil and string.dump == nil',
    expect: { value: true },
  },
  {
    id: 'LUA-20 parentheses',
    source: 'return load(("("):rep(100000) .. ("1") .. (")"):rep(100000)) == nil',
    expect: { value: true },
  },
  {
    id: 'LUA-20 pcall',
    source: 'local function f() return pcall(f) end return (f())',
    expect: { value: true },
  },
  {
    id: 'LUA-20 index',
    source:
      'local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 concat',
    source:
      'local t t = setmetatable({}, { __concat = function(a, b) return a .. t end }) return t .. t',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 sort',
    source: 'local function f() table.sort({ 1, 2, 3 }, f) end f()',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 stack',
    source: 'local function f() return 1 + f() end pcall(f) f()',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 gsub',
    source: 'local function f() return (("a"):gsub("a", f)) end f()',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 tostring',
    source:
      'local t t = setmetatable({}, { __tostring = function() return tostring(t) end }) print(t)',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-20 coroutines',
    source: 'local function f() return coroutine.wrap(f)() end f()',
    expect: 'SCRIPT_ERROR',
  },
  {
    id: 'LUA-21',
    source:
      'getmetatable("").__index = { upper = function() return "mine" end } return ("x"):upper()',
    expect: { value: 'mine' },
  },
  {
    id: 'LUA-24',
    source:
      'for _, m in ipairs{ "collect", "count", "step", "stop", "restart", "isrunning", "incremental", "generational", "setpause", "setstepmul" } do collectgarbage(m, 1, 2, 3) end',
    expect: nothing,
  },
]

describe('hostile scripts', () => {
  it.each(PAYLOADS)('$id', async ({ source, expect: expected, plan: given }) => {
    const host = await openEngineHost(engine, 'main.lua', { modules: [MODULE], ...given })
    const outcome = await host.run(source).then(
      (value) => ({ value }),
      (error: { code: string }) => error.code,
    )
    expect(outcome).toEqual(expected)
    await host.session.close()
  })

  it('LUA-19: a throw of our own code ends the session with a constant text', async () => {
    const host = await openEngineHost(engine, 'main.lua', {
      modules: [MODULE],
      write: () => {
        throw new Error('secret path')
      },
    })
    const run = host.run('while true do pcall(print, 1) end')
    await expect(run).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'The Lua engine failed. The session cannot go on.',
    })
    await expect(host.run('return 1')).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  it('LUA-25: clock, randomness and addresses are those of the run', async () => {
    const source = 'return { math.random(1e9), tostring({}), os.time() - 1700000000 < 5 }'
    const values = await Promise.all(
      [1, 2].map(async () => (await openEngineHost(engine, 'main.lua')).run(source)),
    )
    expect(values[0]).toEqual(values[1])
  })

  it('a session that ran out of memory says where', async () => {
    const host = await openEngineHost(engine, 'main.lua', plan)
    await expect(host.run('local t = {}\nt.x = ("x"):rep(1e9)')).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
      where: { file: 'main.lua', line: 2 },
    })
    await expect(host.run('return 1')).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
  })

  it('garbage alone does not reach the limit', async () => {
    const host = await openEngineHost(engine, 'main.lua', plan)
    const source = 'for i = 1, 60 do local s = string.rep("x", 4e6) end pcall(error, "x") return 1'
    expect(await host.run(source)).toBe(1)
    expect(host.session.memory()).toBeLessThanOrEqual(plan.memoryBytes)
  })
})

describe('the binary', () => {
  it('asks for exactly the imports that are known', () => {
    const names = wasm.Module.imports(luaModule()).map(({ name }) => name)
    expect(names.toSorted()).toEqual([
      '__syscall_dup3',
      '__syscall_fcntl64',
      '__syscall_ioctl',
      '__syscall_openat',
      '__syscall_readlinkat',
      '__syscall_renameat',
      '__syscall_rmdir',
      '__syscall_unlinkat',
      '_emscripten_get_now_is_monotonic',
      '_emscripten_throw_longjmp',
      '_gmtime_js',
      '_localtime_js',
      '_mktime_js',
      '_tzset_js',
      'abort',
      'emscripten_date_now',
      'emscripten_resize_heap',
      'environ_get',
      'environ_sizes_get',
      'exit',
      'fd_close',
      'fd_read',
      'fd_seek',
      'fd_write',
      'invoke_vii',
      'strftime',
      'system',
    ])
  })
})
