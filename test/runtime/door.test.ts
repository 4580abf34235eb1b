import type { Isolation, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { probePlugin } from '../support/probe.ts'

const probe = probePlugin()
let house: House

const ENGINES = ['engine-lua', 'engine-fengari']

beforeAll(async () => {
  house = await openHouse(['permissions', 'files', ...ENGINES, 'script-runtime'], [probe.plugin])
})
afterAll(() => house[Symbol.asyncDispose]())

// Fengari keeps its limits only in a thread of its own.
const PLACES: readonly (readonly [engine: string, isolation: Isolation])[] = [
  ['lua', 'inline'],
  ['lua', 'worker'],
  ['fengari', 'worker'],
]

describe.each(PLACES)('a script of %s that runs %s', (engine, isolation) => {
  const lua = (source: string, options = {}) => house.lua(source, { engine, isolation, ...options })
  const value = async (source: string): Promise<Value | undefined> => (await lua(source)).value

  test('gives back the value it returns', async () => {
    expect(await value('return { answer = 6 * 7, list = { 1, 2 }, text = "é" }')).toEqual({
      answer: 42,
      list: [1, 2],
      text: 'é',
    })
  })

  test('a handle in the value is told by its type and id', async () => {
    expect(await value('return { Probe.thing("ann") }')).toEqual([{ type: 'Thing', id: 'thing_1' }])
  })

  test('prints in order', async () => {
    expect((await lua('print("a", 1, true) write("b") print()')).output).toBe('a\t1\ttrue\nb\n')
  })

  test('calls that answer at once and calls that wait look the same', async () => {
    expect(await value('return { Probe.echo("x"), Probe.later("y", 5) }')).toEqual(['x', 'y'])
  })

  test('a failing call raises code, message, hint and details, and can be caught', async () => {
    const script = `
      local ok, err = pcall(Probe.fail, "OUT_OF_LUCK")
      return { ok, err.code, err.message, err.hint, err.details.n }`
    expect(await value(script)).toEqual([
      false,
      'OUT_OF_LUCK',
      "The probe failed with 'OUT_OF_LUCK'.",
      'Expect it.',
      1,
    ])
  })

  test('an uncaught failure ends the run with file and line', async () => {
    await expect(lua('local x = 1\n\nProbe.fail("GONE")')).rejects.toMatchObject({
      code: 'GONE',
      where: { file: 'test.lua', line: 3 },
    })
  })

  test('what a plugin did not foresee reaches the script without its text', async () => {
    const err = await value(
      'local ok, err = pcall(Probe.break_down) return { err.code, err.message }',
    )
    expect(err).toEqual([
      'INTERNAL',
      expect.stringMatching(/^A plugin failed .*error '[0-9a-z]{8}'/),
    ])
    expect(JSON.stringify(err)).not.toMatch(/secret|sk-/)
  })

  test('wrong arguments name their place and what was expected', async () => {
    await expect(lua('Probe.strict{ name = 5, sise = 1 }')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(
        /(?=.*'options.name': expected text, found 5)(?=.*'options.sise')/,
      ),
      hint: "Did you mean 'size'?",
    })
    await expect(lua('Probe.strict{}')).rejects.toThrow(
      "'options.name': expected a value, found nothing",
    )
    await expect(lua('Probe.echo(1, 2)')).rejects.toThrow('takes at most 1 arguments')
  })

  test('defaults of the schema are filled in', async () => {
    expect(await value('return Probe.strict{ name = "a" }')).toEqual({ name: 'a', size: 3 })
  })

  test('a function of the script is called, may call back in, and its error travels', async () => {
    const script = `
      local doubled = Probe.ask(function(n) return Probe.later(n * 2, 1) end, 21)
      local ok, err = pcall(Probe.ask, function() error{ code = "INSIDE", message = "no" } end)
      return { doubled, err.code }`
    expect(await value(script)).toEqual([42, 'INSIDE'])
  })

  test('a stream is read chunk by chunk, with its producer held back', async () => {
    const before = probe.seen.made
    const script = `
      local sum, made = 0, nil
      for chunk in Probe.count(1000) do
        sum = sum + chunk.value
        made = made or Probe.made()
      end
      return { sum, made }`
    const [sum, made] = (await value(script)) as [number, number]
    expect(sum).toBe(500_500)
    expect(made - before).toBeLessThan(200)
  })

  test('a stream that was read to its end gives its result', async () => {
    const script = 'local s = Probe.count(5) return { s:text(), s:result().total }'
    expect(await value(script)).toEqual(['12345', 5])
  })

  test('a handle has fields and methods', async () => {
    expect(await value('local t = Probe.thing("ann") return { t.name, t:rename("bob") }')).toEqual([
      'ann',
      'ann is bob',
    ])
  })

  test('tasks wait side by side', async () => {
    const script = `
      local function wait(n) return function() return Probe.later(n, 300) end end
      return Async.all{ wait(1), wait(2), wait(3) }`
    const started = performance.now()
    expect(await value(script)).toEqual([1, 2, 3])
    expect(performance.now() - started).toBeLessThan(800)
  })

  test('more tasks than calls may be open, each with a function called back, all end', async () => {
    const script = `
      local list = {}
      for i = 1, 200 do list[i] = i end
      local out = Async.map(list, function(i)
        return Probe.ask(function(n) return Probe.later(n + 1, 1) end, i)
      end, { max_concurrency = 200 })
      local sum = 0
      for _, n in ipairs(out) do sum = sum + n end
      return sum`
    expect(await value(script)).toBe((200 * 201) / 2 + 200)
  })

  test('every call is in the journal, in order of asking', async () => {
    const { journal } = await lua('Probe.echo(1) pcall(Probe.fail, "X") return Probe.later(2, 1)')
    expect(journal.map(({ seq, function: fn, outcome }) => [seq, fn, outcome.ok])).toEqual([
      [0, 'echo', true],
      [1, 'fail', false],
      [2, 'later', true],
    ])
  })

  test('the run ends when its limit of calls is reached', async () => {
    const options = { limits: { calls: 10 } }
    await expect(lua('for i = 1, 100 do Probe.echo(i) end', options)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    })
  })

  test('the run ends when it prints too much, whether or not it catches the error', async () => {
    const options = { limits: { outputBytes: 1000 } }
    await expect(
      lua('for i = 1, 1000 do pcall(print, "line " .. i) end', options),
    ).rejects.toMatchObject({ code: 'OUTPUT_LIMIT' })
  })

  test('memory has a hard end that pcall does not hide', async () => {
    const bomb =
      'pcall(function() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end) return 1'
    await expect(lua(bomb, { limits: { memoryBytes: 32 * 1024 * 1024 } })).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
    })
  })

  test('a caller ends the run, and what waits is stopped', async () => {
    const caller = new AbortController()
    const running = lua('Probe.later(1, 60000)', { signal: caller.signal })
    setTimeout(() => caller.abort(), 50)
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => probe.seen.contexts.at(-1)!.signal.aborted).toBe(true)
  })

  test('functions asked for at the end run at the end', async () => {
    const { output } = await lua('Run.on_end(function() print("bye") end) print("hi")')
    expect(output).toBe('hi\nbye\n')
  })

  test('functions asked for at the end run also where the script fails, and their time counts', async () => {
    const said: string[] = []
    const write = (text: string): void => void said.push(text)
    await expect(
      lua('Run.on_end(function() print("bye") end) error("broken")', { write }),
    ).rejects.toThrow('broken')
    expect(said.join('')).toBe('bye\n')
    const endless = 'Run.on_end(function() while true do end end)'
    await expect(lua(endless, { limits: { timeMs: 200 } })).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
  })

  test('a note is taken in its order', async () => {
    const order: string[] = []
    const options = {
      write: (text: string) => void order.push(text.trim()),
      log: ({ message }: { message: string }) => void order.push(message),
    }
    await lua('Log.warn("first") print("second") Log.warn("third")', options)
    expect(order).toEqual(['first', 'second', 'third'])
  })

  test('large values are in the journal as their size', async () => {
    const { journal } = await lua('Probe.echo(("x"):rep(100000))')
    expect(journal[0]!.args).toEqual({ omitted: expect.stringMatching(/^about 1000\d\d bytes$/) })
  })

  test('calls that wait carry no more than the memory of the script', async () => {
    const flood = `
      local s = ("x"):rep(500000)
      Async.all((function() local t = {} for i = 1, 200 do
        t[i] = function() return Probe.later(s, 3000) end
      end return t end)())`
    await expect(lua(flood, { limits: { memoryBytes: 32 * 1024 * 1024 } })).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
    })
  })

  test('notes count as calls too', async () => {
    const options = { limits: { calls: 10 } }
    await expect(
      lua('for i = 1, 100 do Log.info("x") end Probe.later(1, 5)', options),
    ).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  })

  test('a module is loaded from the granted folder only', async () => {
    const options = { root: import.meta.dirname, file: 'scripts/main.lua' }
    const script = 'local u = require("lib.util") return u.twice(4)'
    await expect(lua(script, options)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    const { value } = await lua(script, { ...options, allow: { read: ['scripts'] } })
    expect(value).toBe(8)
  })

  test('the environment is readable where it is granted', async () => {
    process.env['LLMSPELL_TEST_WORD'] = 'abra'
    const script = 'return os.getenv("LLMSPELL_TEST_WORD") or "nothing"'
    expect((await lua(script)).value).toBe('nothing')
    expect((await lua(script, { allow: { env: ['LLMSPELL_TEST_WORD'] } })).value).toBe('abra')
  })

  test('equal seeds give equal runs', async () => {
    const roll = async (seed: string) =>
      (await lua('return { math.random(1e6), Run.random(1000), Run.uuid() }', { seed })).value
    expect(await roll('a')).toEqual(await roll('a'))
    expect(await roll('a')).not.toEqual(await roll('b'))
  })
})

test('fengari is chosen by its name alone and refuses the thread of the host', async () => {
  expect((await house.lua('return math.maxinteger // 2^32')).value).toBeGreaterThan(0)
  const inline = house.lua('return 1', { engine: 'fengari', isolation: 'inline' })
  await expect(inline).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  expect((await house.lua('return math.maxinteger', { engine: 'fengari' })).value).toBe(2 ** 31 - 1)
})
