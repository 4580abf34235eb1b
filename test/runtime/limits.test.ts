import { setInterval } from 'node:timers'
import type { Isolation } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { probePlugin } from '../support/probe.ts'

/** Runaways by name: what a hook or a handler inside the language would not end. */
const RUNAWAYS: Readonly<Record<string, string>> = {
  'an endless loop': 'while true do end',
  'a loop that catches everything': 'while true do pcall(function() while true do end end) end',
  'a loop inside a message handler': 'xpcall(error, function() while true do end end)',
  'a pattern that never ends': 'local s = ("a"):rep(30) s:find(("a?"):rep(30) .. ("a"):rep(30))',
  'coroutines in coroutines':
    'while true do coroutine.wrap(function() while true do end end)() end',
  'a loop in a callback': 'Probe.ask(function() while true do end end)',
  'a loop after a wait': 'Probe.later(1, 5) while true do end',
  'endless small calls': 'while true do Probe.echo(1) end',
}

const LIMIT = 150
const probe = probePlugin()
let house: House

const ENGINES = ['engine-lua', 'engine-fengari', 'engine-javascript']

beforeAll(async () => {
  house = await openHouse(['permissions', 'files', ...ENGINES, 'script-runtime'], [probe.plugin])
  await house.lua('return 1', { isolation: 'worker' })
})
afterAll(() => house[Symbol.asyncDispose]())

/** How long the event loop of the host was away at most while `work` ran, in ms. */
async function lagDuring(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let worst = 0
  const timer = setInterval(() => {
    const now = performance.now()
    worst = Math.max(worst, now - last)
    last = now
  }, 5)
  await work().finally(() => clearInterval(timer))
  return worst
}

// Fengari keeps its limits only in a thread of its own.
const PLACES: readonly (readonly [engine: string, isolation: Isolation])[] = [
  ['lua', 'inline'],
  ['lua', 'worker'],
  ['fengari', 'worker'],
]

/** ms until a runaway was ended. */
async function endOf(source: string, engine: string, isolation: Isolation): Promise<number> {
  const started = performance.now()
  const running = house.lua(source, { engine, isolation, limits: { timeMs: LIMIT } })
  const hint = expect.stringContaining('--max-time')
  await expect(running).rejects.toMatchObject({ code: 'TIMEOUT', hint })
  return performance.now() - started
}

describe.each(PLACES)('a runaway of %s that runs %s', (engine, isolation) => {
  test.each(Object.entries(RUNAWAYS))(
    '%s is ended within 100 ms of its limit',
    async (_, source) => {
      let best = Infinity
      // A machine that is busy with other things may be late once, not three times.
      for (let tries = 0; tries < 3 && best >= LIMIT + 100; tries++) {
        best = Math.min(best, await endOf(source, engine, isolation))
      }
      expect(best).toBeLessThan(LIMIT + 100)
    },
  )
})

test('the host answers while a thread of a script runs away', async () => {
  const lag = await lagDuring(() =>
    house
      .lua('while true do end', { isolation: 'worker', limits: { timeMs: 300 } })
      .catch(() => {}),
  )
  expect(lag).toBeLessThan(100)
})

test('a flood of output from a thread does not fill the host', async () => {
  const before = process.memoryUsage().rss
  const limits = { timeMs: 1000, outputBytes: 1e12 }
  let lines = 0
  const write = (): void => void lines++
  await house
    .lua('while true do print(("x"):rep(1000)) end', { isolation: 'worker', limits, write })
    .catch(() => {})
  expect(lines).toBeGreaterThan(1000)
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
})

test('after every runaway the next script runs', async () => {
  expect((await house.lua('return Probe.echo("alive")')).value).toBe('alive')
})

const MEGABYTE = 1024 * 1024
/** Scripts that take memory without end, by engine and name. Strings of fengari are buffers outside of the heap. */
const BOMBS: readonly (readonly [engine: string, name: string, source: string])[] = [
  ['lua', 'strings', 'local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e6) .. i end'],
  ['lua', 'tables', 'local t = {} for i = 1, 1e9 do t[i] = { i } end'],
  ['fengari', 'large strings', 'local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e7) .. i end'],
  ['fengari', 'small strings', 'local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(500) .. i end'],
  ['fengari', 'a string that doubles', 'local s = "x" while true do s = s .. s end'],
  ['fengari', 'one huge string', 'while true do pcall(string.rep, "x", 2^31 - 1) end'],
  ['fengari', 'tables', 'local t = {} for i = 1, 1e9 do t[i] = { i } end'],
  ['fengari', 'coroutines', 'local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end'],
  ['fengari', 'keys', 'local t = {} for i = 1, 1e9 do t["key" .. i] = i end'],
  ['javascript', 'arrays', 'const t = []; for (;;) t.push(new Uint8Array(1e6).fill(1))'],
]

test.each(BOMBS)('%s: %s end at the limit, not far above it', async (engine, _, source) => {
  const limits = { memoryBytes: 64 * MEGABYTE, timeMs: 20_000 }
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
  const running = house.lua(source, { engine, isolation: 'worker', limits })
  await expect(running).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
  clearInterval(timer)
  // Half of the limit above it, and what a thread and its collector take themselves.
  expect(most - before).toBeLessThan((1.5 * 64 + 64) * MEGABYTE)
})

test.each([
  ['lua', 'local n = 0 for i = 1, 2000 do n = n + #(("x"):rep(1e5) .. i) end return n > 0'],
  ['fengari', 'local n = 0 for i = 1, 600 do n = n + #(("x"):rep(5e5) .. i) end return n > 0'],
  ['fengari', 'local t for i = 1, 1e6 do t = { i, { i } } end return t[1] > 0'],
  ['lua', 'local n = 0 for i = 1, 2e4 do n = n + #Probe.echo(("x"):rep(1e4)) end return n > 0'],
  ['fengari', 'local n = 0 for i = 1, 2e3 do n = n + #Probe.echo(("x"):rep(1e4)) end return n > 0'],
])('%s: garbage alone does not end a thread: %s', async (engine, source) => {
  const limits = { memoryBytes: 64 * MEGABYTE, calls: 1e6 }
  expect((await house.lua(source, { engine, isolation: 'worker', limits })).value).toBe(true)
})
