import type { ScriptModule } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './engine.ts'

const MODULE: ScriptModule = {
  name: 'Host',
  version: '1.0.0',
  doc: '',
  functions: {
    later: { doc: '', params: [{ name: 'value', schema: {} }] },
    now: { doc: '', params: [{ name: 'value', schema: {} }] },
    fail: { doc: '', params: [] },
    never: { doc: '', params: [] },
    on: { doc: '', params: [{ name: 'fn', schema: { 'x-callback': {} } }] },
  },
}

async function open() {
  const callbacks: number[] = []
  const host = await openEngineHost(engine, 'main.lua', {
    modules: [MODULE],
    functions: {
      'Host.later': async ({ args }) => args[0],
      'Host.now': ({ args }) => args[0],
      'Host.fail': async () => {
        throw new Error('failed')
      },
      'Host.never': () => new Promise(() => {}),
      'Host.on': ({ args }) => {
        callbacks.push((args[0] as unknown as { id: number }).id)
        return undefined
      },
    },
  })
  return { ...host, callbacks }
}

const ROWS: readonly (readonly [string, string, unknown])[] = [
  [
    'waits in three nested coroutines',
    `
    local function level(n)
      return coroutine.wrap(function(x)
        local a = Host.later(n)
        local inner = n < 3 and level(n + 1)("x") or 0
        local sent = coroutine.yield(a + inner)
        return sent
      end)
    end
    return level(1)("go")`,
    6,
  ],
  [
    'keeps yields and waits of a coroutine apart',
    `
    local co = coroutine.create(function(a)
      local b = coroutine.yield(Host.later(a + 1))
      local c = coroutine.yield(Host.later(b + 1))
      return Host.later(c + 1)
    end)
    local r = {}
    for i = 1, 3 do r[i] = select(2, coroutine.resume(co, i * 10)) end
    r[4] = coroutine.status(co)
    return r`,
    [11, 21, 31, 'dead'],
  ],
  [
    'raises failures inside coroutines',
    `
    local co = coroutine.create(function() return pcall(Host.fail) end)
    local ok, caught, e = coroutine.resume(co)
    return { ok, caught, e.message }`,
    [true, false, 'failed'],
  ],
  [
    'waits in an iterator and in pcall',
    `
    local function items() return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(Host.later(i)) end end) end
    local sum = 0 for i in items() do sum = sum + i end
    return { sum, select(2, pcall(Host.later, 9)) }`,
    [6, 9],
  ],
  [
    'waits in an __index metamethod',
    `
    local t = setmetatable({}, { __index = function(_, k) return Host.later(k) end }) return t.name`,
    'name',
  ],
  [
    'calls at once inside a comparator',
    `
    local t = { 3, 1, 2 } table.sort(t, function(a, b) return Host.now(a) < Host.now(b) end) return t`,
    [1, 2, 3],
  ],
  [
    'says that it cannot wait inside gsub',
    `
    local ok, e = pcall(string.gsub, "a", "a", function() return Host.later("b") end) return { ok, e.code }`,
    [false, 'WOULD_BLOCK'],
  ],
  [
    'says that tasks cannot be waited for inside gsub',
    `
    local ok, e = pcall(string.gsub, "a", "a", function() Async.all{ function() Host.later(1) end } end) return { ok, e.code }`,
    [false, 'WOULD_BLOCK'],
  ],
  [
    'is not yieldable in the main chunk',
    'local co, main = coroutine.running() return { coroutine.isyieldable(), main }',
    [false, true],
  ],
  [
    'refuses to resume a coroutine that waits for the host',
    `
    local co = coroutine.create(function() return Host.later(1) end)
    local other = Async.spawn(function() return coroutine.status(co), coroutine.resume(co) end)
    coroutine.resume(co)
    local status, ok, message = other:await()
    return { status, ok, message }`,
    ['normal', false, 'cannot resume non-suspended coroutine'],
  ],
  [
    'settles',
    `
    local r = Async.settle{ a = function() return 1 end, b = function() error("no", 0) end }
    return { r.a.ok, r.a.value, r.b.ok, r.b.error }`,
    [true, 1, false, 'no'],
  ],
  [
    'races',
    'return Async.race{ function() Host.never() end, function() return Host.later("won") end }',
    'won',
  ],
  [
    'takes a race that fails',
    'return select(2, pcall(Async.race, { function() error("lost", 0) end, function() Host.never() end }))',
    'lost',
  ],
  [
    'cancels the others when one fails',
    `
    local seen = {}
    local ok, e = pcall(Async.all, { function() Host.never() seen[1] = true end, function() Host.later(1) error("x", 0) end })
    return { ok, e, #seen }`,
    [false, 'x', 0],
  ],
  [
    'awaits a task twice, with all its results',
    `
    local t = Async.spawn(function(a, b) return Host.later(a), b end, 1, 2)
    local done = t:done()
    local a, b = t:await()
    local c, d = t:await()
    return { done, a, b, c, d, t:done() }`,
    [false, 1, 2, 1, 2, true],
  ],
  [
    'raises the very error of a task',
    `
    local mine = { code = "MINE", message = "m" }
    local t = Async.spawn(function() Host.later(1) error(mine) end)
    local ok, e = pcall(t.await, t)
    return { ok, e == mine }`,
    [false, true],
  ],
  [
    'cancels a task',
    `
    local t = Async.spawn(function() Host.never() end)
    Async.sleep(1)
    t:cancel()
    local ok, e = pcall(t.await, t)
    return { ok, e.code, t:done() }`,
    [false, 'CANCELLED', true],
  ],
  [
    'maps with its positions',
    'return Async.map({ "a", "b" }, function(v, i) return Host.later(v .. i) end)',
    ['a1', 'b2'],
  ],
  [
    'ends inner tasks with the outer one',
    `
    local count = 0
    local function tick() while true do Async.sleep(1) count = count + 1 end end
    pcall(Async.timeout, 20, function() Async.all{ tick, tick } end)
    local seen = count
    Async.sleep("20ms")
    return { seen > 0, count == seen }`,
    [true, true],
  ],
  [
    'gives the value within the time',
    'return Async.timeout("1s", function() return Host.later(5) end)',
    5,
  ],
  [
    'takes tasks among functions',
    'local t = Async.spawn(function() return 1 end) return Async.all{ t, function() return 2 end }',
    [1, 2],
  ],
  ['needs no functions', 'return #Async.all{} + #Async.map({}, print)', 0],
]

describe('tasks', () => {
  it.each(ROWS)('%s', async (_, source, expected) => {
    const host = await open()
    expect(await host.run(source)).toEqual(expected)
    await host.session.close()
  })

  it('lets the run last until all tasks have ended', async () => {
    const host = await open()
    await host.run('Async.spawn(function() Async.sleep(20) print("later") end) print("main")')
    expect(host.output).toEqual(['main\n', 'later\n'])
  })

  it('fails the run with what no one waited for', async () => {
    const host = await open()
    const run = host.run('Async.spawn(function() Host.later(1) error("lost") end)')
    await expect(run).rejects.toMatchObject({ message: 'lost', where: { line: 1 } })
  })

  it('ends tasks when the main chunk fails', async () => {
    const host = await open()
    const run = host.run('Async.spawn(function() Host.never() end) Async.sleep(1) error("main")')
    await expect(run).rejects.toMatchObject({ message: 'main' })
    expect(await host.run('return 1')).toBe(1)
  })

  it('runs a callback while the main chunk waits, and many at a time', async () => {
    const host = await open()
    const run = host.run('Host.on(function(n) return Host.later(n * 2) end) Async.sleep(30)')
    while (host.callbacks.length === 0) await new Promise(setImmediate)
    const asked = [1, 2, 3].map((n) => host.session.invoke(host.callbacks[0]!, [n]))
    expect(await Promise.all(asked)).toEqual([2, 4, 6])
    await run
  })
})
