import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './engine.ts'

const open = (plan?: EngineHostPlan) => openEngineHost(engine, 'main.lua', plan)

async function run(source: string, plan?: EngineHostPlan) {
  const host = await open(plan)
  const value = await host.run(source)
  return { value, output: host.output.join(''), calls: host.calls }
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
    ['return math.type(1), 2', 'integer'],
    ['return os.time{ year = 2024, month = 2, day = 30, hour = 0 }', 1_709_251_200],
    ['return os.date("!%Y-%m-%d %H:%M:%S %j %a", 1709251200)', '2024-03-01 00:00:00 061 Fri'],
    ['return os.date("*t", 0).year', 1970],
    ['return os.time() >= 1700000000 and os.time() < 1700000060', true],
    ['return os.clock() < 60 and os.difftime(5, 3) == 2', true],
    [
      'return type(debug.traceback()) .. tostring(debug.sethook) .. tostring(debug.getinfo)',
      'stringnilnil',
    ],
    ['return tostring(os.execute) .. tostring(os.exit) .. tostring(os.remove)', 'nilnilnil'],
    [
      'return tostring(package) .. tostring(dofile) .. tostring(loadfile) .. tostring(string.dump)',
      'nilnilnilnil',
    ],
    ['return tostring(io.open) .. tostring(js) .. tostring(jit)', 'nilnilnil'],
    ['return collectgarbage("count") > 0 and collectgarbage() == 0', true],
    ['return load("return 1 + 1")()', 2],
    ['return load(function() return nil end)()', undefined],
    ['return load("return x", "c", "t", { x = 5 })()', 5],
    ['return select(2, load("\\27Lua"))', "attempt to load a binary chunk (mode is 't')"],
    [
      'return select(2, load("x", "c", "b"))',
      'attempt to load a binary chunk: only text is allowed',
    ],
    ['return load(("x"):rep(300000)) == nil', true],
    ['return select(2, pcall(error))', undefined],
    ['local t = setmetatable({}, { __gc = 1, __index = { a = 3 } }) return t.a', 3],
    ['return #ARGS .. ARGS[0] .. ARGS[1] .. ARGS.depth .. ARGS.flag .. #arg', '2main.luax3true2'],
    ['return utf8.char(228) .. ("%5.1f"):format(2.25)', 'ä  2.2'],
    ['return tostring(JSON.null)', 'null'],
    ['return getmetatable(_G)', false],
    ['return undefined_name', undefined],
  ]
  it.each(rows)('%s', async (source, expected) => {
    const args = ['x', '--depth', '3', 'y', '--flag']
    expect((await run(source, { args })).value).toEqual(expected)
  })

  it('gives the same numbers for the same seed', async () => {
    const source = 'local t = {} for i = 1, 5 do t[i] = math.random(1e9) end return t'
    const [a, b, c] = await Promise.all([
      run(source, { seed: 'one' }),
      run(source, { seed: 'one' }),
      run(source, { seed: 'two' }),
    ])
    expect(a.value).toEqual(b.value)
    expect(a.value).not.toEqual(c.value)
  })

  it('walks tables in the same order in every session', async () => {
    const source =
      'local t, k = {}, {} for i = 1, 50 do t["key" .. i] = i end for n in pairs(t) do k[#k+1] = n end return k'
    expect((await run(source)).value).toEqual(
      (await run(source, { seed: 'x', startedAt: 5 })).value,
    )
  })

  it('prints tables as readable text', async () => {
    const { output } = await run(
      'print({ 1, "a", { x = true } }, nil, 1.5) io.write("a", 1, "\\n") print(print ~= nil)',
    )
    expect(output).toBe('{ 1, "a", { x = true } }\tnil\t1.5\na1\ntrue\n')
  })

  it('loads a module once, from what the host gives', async () => {
    const loads: unknown[] = []
    const functions = {
      'Run.load_module': async ({ args }: { args: readonly unknown[] }) => {
        loads.push(args)
        return { file: 'lib/util.lua', source: 'local name = ... return { name = name, n = 1 }' }
      },
    }
    const source =
      'local a, b = require("lib.util"), require("lib.util") a.n = 2 return { b.n, b.name }'
    expect((await run(source, { functions })).value).toEqual([2, 'lib.util'])
    expect(loads).toEqual([['lib.util', ['.lua']]])
  })

  it('says where a module is broken', async () => {
    const functions = { 'Run.load_module': () => ({ file: 'lib/bad.lua', source: 'x = = 1' }) }
    expect(await failure('require("lib.bad")', { functions })).toMatchObject({
      code: 'SCRIPT_SYNTAX',
      where: { file: 'lib/bad.lua', line: 1 },
    })
  })

  it('asks the host for the environment', async () => {
    const functions = {
      'Run.getenv': ({ args }: { args: readonly unknown[] }) => `<${String(args[0])}>`,
    }
    expect((await run('return os.getenv("HOME")', { functions })).value).toBe('<HOME>')
  })
})

describe('errors', () => {
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    [
      'local t = nil\nt.x = 1',
      {
        code: 'SCRIPT_ERROR',
        message: "attempt to index a nil value (local 't')",
        where: { file: 'main.lua', line: 2 },
      },
    ],
    ['nothing()', { message: "attempt to call a nil value (global 'nothing')" }],
    ['error("plain", 0)', { message: 'plain', where: { file: 'main.lua', line: 1 } }],
    ['error{ code = "lower", message = "m" }', { code: 'SCRIPT_ERROR', message: 'm' }],
    [
      'error({ code = "A_B", message = "m", hint = "h", details = { 1 } })',
      { code: 'A_B', hint: 'h', details: [1] },
    ],
    [
      'error(setmetatable({}, { __tostring = function() return "mine" end }))',
      { code: 'SCRIPT_ERROR', message: 'mine' },
    ],
    ['error(setmetatable({}, { __tostring = error }))', { code: 'SCRIPT_ERROR' }],
    ['error()', { code: 'SCRIPT_ERROR', message: 'nil' }],
    [
      'x = ',
      {
        code: 'SCRIPT_SYNTAX',
        message: 'unexpected symbol near <eof>',
        where: { file: 'main.lua', line: 1, column: 5 },
      },
    ],
    [
      'local b = = 2',
      { message: "unexpected symbol near '='", where: { file: 'main.lua', line: 1 } },
    ],
    ['goto = 2', { where: { file: 'main.lua', line: 1, column: 6 } }],
    ['ä = 1', { code: 'SCRIPT_SYNTAX', where: { file: 'main.lua', line: 1 } }],
    ['return print', { code: 'VALUE_UNSUPPORTED' }],
    [
      'return { 1, x = 2 }',
      {
        code: 'VALUE_UNSUPPORTED',
        message:
          "The value at 'result' cannot cross: expected either names or positions 1 to n as keys, found a table with the keys 1, 'x'.",
      },
    ],
    ['return { a = { [2^53] = 1 } }', { code: 'VALUE_UNSUPPORTED' }],
    [
      'return { a = { "\\xff" } }',
      {
        code: 'VALUE_UNSUPPORTED',
        message:
          "The value at 'result.a[1]' cannot cross: expected text in UTF-8, found bytes that are not UTF-8.",
      },
    ],
    [
      'return math.maxinteger',
      {
        code: 'VALUE_UNSUPPORTED',
        message:
          "The value at 'result' cannot cross: expected an integer within 2^53, found the integer 9223372036854775807.",
      },
    ],
    ['error({ b = { "x" } })', { message: 'The script threw { b = { "x" } }.' }],
    ['return Async.slep(1)', { code: 'FUNCTION_UNKNOWN', hint: "Did you mean 'sleep'?" }],
    ['Asnc.sleep(1)', { hint: "Did you mean 'Async'?" }],
    ['pritn(1)', { hint: "Did you mean 'print'?" }],
    [
      '\nlocal f = io.open("x")',
      { hint: 'Scripts have no io.open; use Tool.file_read{ path = ... }.' },
    ],
    [
      'os.execute("id")',
      { hint: expect.stringContaining('Scripts have no os.execute; it reaches') },
    ],
    ['local t = {} t.open()', { hint: undefined }],
    ['#!/usr/bin/env llmspell\nerror("x")', { message: 'x', where: { file: 'main.lua', line: 2 } }],
    ['Async.all(function() end)', { code: 'INPUT_INVALID' }],
    ['coroutine.yield(1)', { message: 'attempt to yield from outside a coroutine' }],
    ['string.rep("x", -1)("y")', { code: 'SCRIPT_ERROR' }],
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
    const file = `${'folder/'.repeat(20)}main.lua`
    const host = await openEngineHost(engine, file)
    await expect(host.run('\nlocal x = 1 + {}')).rejects.toMatchObject({ where: { file, line: 2 } })
  })

  it('lets an error of the script be caught, printed and joined', async () => {
    const source =
      'local ok, e = pcall(error, { code = "A", message = "m", hint = "h" }) return { tostring(e), "x " .. e, e.code }'
    expect((await run(source)).value).toEqual(['m\nh', 'x m\nh', 'A'])
  })
})
