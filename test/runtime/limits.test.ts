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

beforeAll(async () => {
  house = await openHouse(['permissions', 'files', 'engine-lua', 'script-runtime'], [probe.plugin])
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

describe.each<Isolation>(['inline', 'worker'])('a runaway that runs %s', (isolation) => {
  test.each(Object.entries(RUNAWAYS))(
    '%s is ended within 100 ms of its limit',
    async (_, source) => {
      const started = performance.now()
      const running = house.lua(source, { isolation, limits: { timeMs: LIMIT } })
      await expect(running).rejects.toMatchObject({
        code: 'TIMEOUT',
        hint: expect.stringContaining('--max-time'),
      })
      expect(performance.now() - started).toBeLessThan(LIMIT + 100)
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
