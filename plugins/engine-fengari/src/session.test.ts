import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import * as fengari from 'fengari'
import { describe, expect, it } from 'vitest'
import { engine } from './engine.ts'
import { fromState } from './from-state.ts'

const open = (plan?: EngineHostPlan) => openEngineHost(engine, 'main.lua', plan)

async function run(source: string, plan?: EngineHostPlan) {
  const host = await open(plan)
  const value = await host.run(source)
  return { value, output: host.output.join('') }
}

async function failure(source: string, plan?: EngineHostPlan): Promise<Record<string, unknown>> {
  const host = await open(plan)
  return host.run(source).then(
    (value) => ({ value }),
    (error: Record<string, unknown>) => error,
  )
}

describe('the standard library', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['return _VERSION', 'Lua 5.3'],
    ['return os.time{ year = 2024, month = 2, day = 30, hour = 0 }', 1_709_251_200],
    ['return os.time{ year = 2050, month = 1, day = 1, hour = 0 }', 2_524_608_000],
    ['return os.date("!%Y-%m-%d %H:%M:%S %j %a", 1709251200)', '2024-03-01 00:00:00 061 Fri'],
    ['return os.time() >= 1700000000 and os.time() < 1700000060', true],
    ['return os.clock() < 60 and os.difftime(5, 3) == 2', true],
    ['return type(debug.traceback()) .. tostring(debug.getinfo)', 'stringnil'],
    ['return tostring(package) .. tostring(dofile) .. tostring(string.dump)', 'nilnilnil'],
    ['return tostring(io.open) .. tostring(js) .. tostring(fengari)', 'nilnilnil'],
    ['return collectgarbage("count") > 0 and collectgarbage() == 0', true],
    ['return load("return x", "c", "t", { x = 5 })()', 5],
    ['return load(("x"):rep(300000)) == nil', true],
    [
      'return select(2, load("x", "c", "b"))',
      'attempt to load a binary chunk: only text is allowed',
    ],
    ['local t = setmetatable({}, { __gc = 1, __index = { a = 3 } }) return t.a', 3],
    ['return #ARGS .. ARGS[0] .. ARGS[1] .. ARGS.depth .. ARGS.flag .. #arg', '2main.luax3true2'],
    ['return tostring(JSON.null)', 'null'],
    ['return getmetatable(_G)', false],
    ['return undefined_name', undefined],
  ]
  it.each(rows)('%s', async (source, expected) => {
    const args = ['x', '--depth', '3', 'y', '--flag']
    expect((await run(source, { args })).value).toEqual(expected)
  })

  it('gives the same numbers for the same seed, whatever other sessions draw', async () => {
    const source = 'local t = {} for i = 1, 5 do t[i] = math.random(1e9) end return t'
    const [a, b, c] = await Promise.all(
      ['one', 'one', 'two'].map(async (seed) => (await run(source, { seed })).value),
    )
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
    const again =
      'math.randomseed(7) local a = math.random() math.randomseed(7) return a == math.random()'
    expect((await run(again)).value).toBe(true)
    const range = 'for i = 1, 1000 do local n = math.random(-2, 3) assert(n >= -2 and n <= 3) end'
    await run(range)
    expect(await failure('math.random(3, 1)')).toMatchObject({ code: 'SCRIPT_ERROR' })
  })

  it('prints tables as readable text', async () => {
    const { output } = await run('print({ 1, "a", { x = true }, [9] = 2, b = {} }, nil, 1.5)')
    expect(output).toBe('{ 1, "a", { x = true }, [9] = 2, b = {} }\tnil\t1.5\n')
  })

  it('loads a module once and says where a broken one is', async () => {
    const load = async ({ args: [name] }: { args: readonly unknown[] }) =>
      name === 'bad'
        ? { file: 'bad.lua', source: '\nlocal x = nil + 1' }
        : { file: 'a.lua', source: 'local name = ... return { name = name, n = Probe }' }
    const functions = { 'Run.load_module': load }
    const source = 'local a, b = require("a"), require("a") return { a == b, b.name }'
    expect((await run(source, { functions })).value).toEqual([true, 'a'])
    const where = { file: 'bad.lua', line: 2 }
    expect(await failure('require("bad")', { functions })).toMatchObject({ where })
    const twice = 'pcall(require, "bad") local ok, e = pcall(require, "bad") return tostring(e)'
    expect((await run(twice, { functions })).value).toMatch(/^bad\.lua:2: attempt to perform/)
  })
})

describe('errors', () => {
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['local t = nil\nt.x = 1', { where: { file: 'main.lua', line: 2 } }],
    ['nothing()', { message: "attempt to call a nil value (global 'nothing')" }],
    ['error("plain", 0)', { message: 'plain', where: { file: 'main.lua', line: 1 } }],
    ['error({ code = "A_B", message = "m", details = { 1 } })', { code: 'A_B', details: [1] }],
    ['error(setmetatable({}, { __tostring = function() return "mine" end }))', { message: 'mine' }],
    ['error(setmetatable({}, { __tostring = error }))', { code: 'SCRIPT_ERROR' }],
    ['error()', { code: 'SCRIPT_ERROR', message: 'nil' }],
    ['x = ', { code: 'SCRIPT_SYNTAX', where: { file: 'main.lua', line: 1, column: 5 } }],
    ['local a <const> = 1', { code: 'SCRIPT_SYNTAX', where: { file: 'main.lua', line: 1 } }],
    ['return { 1, x = 2 }', { code: 'VALUE_UNSUPPORTED' }],
    ['return { a = { "\\xff" } }', { code: 'VALUE_UNSUPPORTED' }],
    ['return ("%d"):format(3000000000)', { code: 'SCRIPT_ERROR' }],
    ['coroutine.yield(1)', { message: 'attempt to yield from outside a coroutine' }],
  ]
  it.each(rows)('%s', async (source, expected) => {
    expect(await failure(source)).toMatchObject(expected)
  })

  it('gives a trace without our own frames', async () => {
    const { trace } = await failure(
      'local function inner() error("x") end\nlocal function outer() inner() end\nouter()',
    )
    expect(String(trace).split('\n')).toEqual([
      "main.lua:1: in upvalue 'inner'",
      "main.lua:2: in local 'outer'",
      'main.lua:3: in main chunk',
    ])
  })

  it('knows the full name of a long file', async () => {
    for (const length of [57, 58, 59, 60, 140]) {
      const file = 'f'.repeat(length)
      const host = await openEngineHost(engine, file)
      const where = { file, line: 2 }
      await expect(host.run('\nlocal x = 1 + {}')).rejects.toMatchObject({ where })
    }
  })
})

describe('a state of the host', () => {
  it('sees the modules, shows its globals, and is given back', async () => {
    const L = fengari.lauxlib.luaL_newstate()
    fengari.lua.lua_pushglobaltable(L)
    fengari.lua.lua_pushstring(L, Buffer.from('from_host'))
    fengari.lua.lua_pushinteger(L, 41)
    fengari.lua.lua_rawset(L, -3)
    const host = await openEngineHost(fromState(L, fengari), 'main.lua')
    expect(
      await host.run('made = Async.all{ function() return from_host + 1 end } return made'),
    ).toEqual([42])
    await host.session.close()
    fengari.lua.lua_pushstring(L, Buffer.from('made'))
    expect(fengari.lua.lua_rawget(L, -2)).toBe(5)
    fengari.lua.lua_pushcfunction(L, () => {
      throw new Error('of the host')
    })
    expect(fengari.lua.lua_pcall(L, 0, 0, 0)).toBe(-1)
  })
})
