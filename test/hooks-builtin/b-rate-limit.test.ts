import type { RateLimits } from '@llmspell/hook-rate-limit'
import { describe, expect, test } from 'vitest'
import { calls, LANGUAGES, openLab, type Language, type Opened } from './b-lab.ts'

const open = (...limits: object[]): Promise<Opened> =>
  openLab('hook-rate-limit', { enabled: true, limits })
const statsOf = async (opened: Opened) => (await opened.use<RateLimits>('rate-limits')).stats()

/** Calls a tool so often, one after the other, and says how often it went well. */
const often = (language: Language, tool: string, times: number): string =>
  language === 'lua'
    ? `local n = 0; for i = 1, ${times} do if pcall(Tool.execute, "${tool}", {}) then n = n + 1 end end; return n`
    : `let n = 0; for (let i = 0; i < ${times}; i++) { try { await Tool.execute('${tool}', {}); n++ } catch {} }; return n`

/** The error of the second call. */
const second = (language: Language, tool: string): string => {
  const call = calls(tool)[language]
  return language === 'lua'
    ? `${call}; local ok, err = pcall(Tool.execute, "${tool}", {}); return { err.code, err.details.retry_after_ms > 0, err.message }`
    : `${call}; try { ${call} } catch (err) { return [err.code, err.details.retry_after_ms > 0, err.message] }`
}

describe.each(LANGUAGES)('limits in %s', (language) => {
  test('refuse with the time to wait', async () => {
    await using opened = await open({ tool: 'cou*', limit: 1, interval: '1h', on_limit: 'refuse' })
    expect(await opened.run(language, second(language, 'count'))).toEqual([
      'RATE_LIMITED',
      true,
      "Tool 'count' is called too often: the limit of tool 'cou*' has no room, and it refuses what is beyond it.",
    ])
    expect(await opened.run(language, often(language, 'vary', 3))).toBe(3)
    expect(opened.lab.count('count')).toBe(1)
  })

  test('let calls wait, and all of them pass', async () => {
    await using opened = await open({ tool: 'count', limit: 1, interval: 500 })
    expect(await opened.run(language, often(language, 'count', 4))).toBe(4)
    expect(await statsOf(opened)).toMatchObject([{ passed: 4, waited: 3, refused: 0 }])
  })

  test('hold for each run for itself', async () => {
    const row = { tool: 'count', limit: 2, interval: '1h', on_limit: 'refuse' }
    await using opened = await open({ ...row, per: ['run'] })
    const runs = [1, 2].map(() => opened.run(language, often(language, 'count', 5)))
    expect(await Promise.all(runs)).toEqual([2, 2])
  })
})

const ask = (name: string): string =>
  `Agent.create{ name = "${name}", model = "lab/m" }:execute("q").text`

test('models of a provider are limited, for an agent alone where the row names it', async () => {
  const row = { limit: 1, interval: '1h', on_limit: 'refuse' }
  await using opened = await open({ provider: 'lab', agent: 'po*', ...row })
  const source = `local one = ${ask('poet')}
    local ok, err = pcall(function() return ${ask('poster')} end)
    return { one, err.code, ${ask('clerk')} }`
  expect(await opened.run('lua', source)).toEqual(['answer 1', 'RATE_LIMITED', 'answer 2'])
})

test('what comes from memory does not count, and who is refused keeps nobody waiting', async () => {
  const limits = [{ limit: 1, interval: '1h', on_limit: 'refuse' }]
  const plugins = { 'hook-cache': { enabled: true, models: 'all' } }
  await using opened = await openLab('hook-rate-limit', { enabled: true, limits }, { plugins })
  const source = `local one = ${ask('poet')}
    local ok, err = pcall(Tool.execute, "count", {})
    local _, again = pcall(Tool.execute, "count", {})
    return { one, ${ask('poster')}, err.code, again.code }`
  const expected = ['answer 1', 'answer 1', 'RATE_LIMITED', 'RATE_LIMITED']
  expect(await opened.run('lua', source)).toEqual(expected)
})

test('a run that ends waits no longer', async () => {
  await using opened = await open({ tool: 'count', limit: 1, interval: '1h', max_wait: '2h' })
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 200)
  const started = performance.now()
  const source = often('lua', 'count', 2)
  expect(await opened.run('lua', source, { signal: stop.signal })).toBe('CANCELLED')
  expect(performance.now() - started).toBeLessThan(20_000)
  expect(opened.lab.count('count')).toBe(1)
})

test.each([
  { limit: 0, interval: '1m' },
  { limit: 1 },
  { limit: 1, interval: 'soon' },
  { limit: 1, interval: '1m', on_limit: 'wait!' },
  { limit: 1, interval: '1m', unknown: true },
])('a row that is none is refused: %j', async (row) => {
  await using opened = await open(row)
  const row0 = () => opened.house.kernel.list().find(({ id }) => id === 'hook-rate-limit')
  await opened.run('lua', 'return Tool.count{}.result')
  expect(row0()?.state).toBe('failed')
  // Without the limits that were asked for nothing is called.
  expect(opened.lab.count('count')).toBe(0)
})
