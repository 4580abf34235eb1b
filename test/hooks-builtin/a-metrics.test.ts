import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metrics } from '@llmspell/hook-metrics'
import { describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'

const open = (config: object): Promise<House> =>
  openHouse([...ALL, 'hook-metrics'], [], { plugins: { 'hook-metrics': { ...config } } })
const metricsOf = (house: House): Promise<Metrics> => house.kernel.use('metrics' as never)

const WORK = `
for i = 1, 3 do Tool.calculator{ expression = "1 + " .. i } end
Tool.calculator{ expression = "1 / 0" }
return Agent.create{ name = "poet", model = "mock/echo" }:execute("two words").text`

function sum(
  { counters }: { counters: readonly { name: string; labels: object; value: number }[] },
  name: string,
  labels: object,
): number {
  const rows = counters.filter((row) => row.name === name)
  const fits = rows.filter((row) =>
    Object.entries(labels).every(([k, v]) => (row.labels as never)[k] === v),
  )
  return fits.reduce((total, { value }) => total + value, 0)
}

const CALLS = 'llmspell_hook_calls_total'

describe('while it is not enabled', () => {
  test('nothing is active, and no point is used', async () => {
    await using house = await openHouse([...ALL, 'hook-metrics'])
    await using bare = await openHouse()
    const used = ({ kernel }: House): string[] =>
      kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))
    expect(used(house)).toEqual(used(bare))
    const row = house.kernel.list().find(({ id }) => id === 'hook-metrics')
    expect(row?.state).toBe('resolved')
  })

  test('it says what was counted before', async () => {
    using folder = new Folder()
    {
      await using house = await open({ enabled: true, folder: folder.path })
      await house.lua(WORK)
    }
    await using house = await open({ folder: folder.path })
    const totals = await (await metricsOf(house)).totals()
    expect(sum(totals, CALLS, { point: 'tool.done' })).toBe(4)
    expect(sum(totals, CALLS, { point: 'script.done' })).toBe(1)
  })
})

test('points are counted by what they are about and how it ended', async () => {
  await using house = await open({ enabled: true })
  await house.lua(WORK)
  const metrics = await metricsOf(house)
  const now = metrics.snapshot()
  const tool = { point: 'tool.done', kind: 'observe', component: 'calculator' }
  expect(sum(now, CALLS, { ...tool, outcome: 'ok' })).toBe(3)
  expect(sum(now, CALLS, { ...tool, outcome: 'failed' })).toBe(1)
  expect(sum(now, CALLS, { point: 'agent.done', component: 'poet', outcome: 'ok' })).toBe(1)
  expect(sum(now, CALLS, { point: 'llm.chunk' })).toBeGreaterThan(0)
  expect(sum(now, CALLS, { point: 'call.done' })).toBe(0)
  expect(sum(now, 'llmspell_model_tokens_total', { kind: 'input' })).toBeGreaterThan(0)
  const times = now.histograms.find(({ labels }) => labels['point'] === 'tool.done')!
  expect(times.count).toBe(4)
  expect(times.buckets.reduce((a, b) => a + b)).toBe(4)
  expect(times.sum).toBeGreaterThan(0)
})

test('taps of others are counted with what they came to', async () => {
  await using house = await open({ enabled: true, taps: true })
  await house.lua(`
    Hook.register("tool.guard", function() return Hook.cancel("no") end)
    return pcall(Tool.execute, "calculator", { expression = "1" })`)
  const now = (await metricsOf(house)).snapshot()
  const labels = { point: 'tool.guard', outcome: 'cancelled' }
  expect(sum(now, 'llmspell_hook_taps_total', labels)).toBe(1)
  expect(sum(now, 'llmspell_hook_taps_total', { tap: 'hook-metrics' })).toBe(0)
})

test('patterns choose the points', async () => {
  await using house = await open({ enabled: true, points: ['*.done', '!agent.*'] })
  await house.lua(WORK)
  const points = (await metricsOf(house)).snapshot().counters.map(({ labels }) => labels['point'])
  expect(points).toContain('call.done')
  expect(points).not.toContain('agent.done')
  expect(points).not.toContain('llm.chunk')
})

test('made up names fill no memory', async () => {
  await using house = await open({ enabled: true })
  await house.lua(`
    for i = 1, 150 do Agent.create{ name = "a" .. i, model = "mock/echo" }:execute("x") end`)
  const now = (await metricsOf(house)).snapshot()
  const agents = now.counters.filter(({ labels }) => labels['point'] === 'agent.done')
  expect(agents).toHaveLength(101)
  expect(sum(now, CALLS, { point: 'agent.done', component: 'other' })).toBe(50)
})

describe('totals', () => {
  test('are those of all processes that write to one folder', async () => {
    using folder = new Folder()
    const houses = await Promise.all(
      [1, 2, 3].map(() => open({ enabled: true, folder: folder.path })),
    )
    await Promise.all(houses.map(({ lua }) => lua(WORK)))
    const totals = await (await metricsOf(houses[0]!)).totals()
    expect(sum(totals, CALLS, { point: 'tool.done' })).toBeGreaterThanOrEqual(4)
    for (const house of houses) await house.kernel.stop()
    await using last = await open({ folder: folder.path })
    const all = await (await metricsOf(last)).totals()
    expect(sum(all, CALLS, { point: 'tool.done' })).toBe(12)
    expect(all.unreadable).toBe(0)
    expect(await (await metricsOf(last)).totals(Date.now() + 2 * 86_400_000)).toMatchObject({
      counters: [],
    })
  })

  test('pass over torn lines, and lose none behind them', async () => {
    using folder = new Folder()
    const run = async (): Promise<void> => {
      await using house = await open({ enabled: true, folder: folder.path })
      await house.lua(WORK)
    }
    await run()
    const file = join(folder.path, readdirSync(folder.path)[0]!)
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"counters":[[{"na`)
    await run()
    await using house = await open({ folder: folder.path })
    const totals = await (await metricsOf(house)).totals()
    expect(sum(totals, CALLS, { point: 'tool.done' })).toBe(8)
    expect(totals.unreadable).toBe(1)
  })

  test('older days go', async () => {
    using folder = new Folder()
    folder.write('metrics-2020-01-01.jsonl', '{"counters":[],"histograms":[]}\n')
    folder.write('mine.txt', 'x')
    {
      await using house = await open({ enabled: true, folder: folder.path })
      await house.lua('return 1')
    }
    expect(readdirSync(folder.path).filter((name) => name.includes('2020'))).toEqual([])
    expect(readdirSync(folder.path)).toContain('mine.txt')
  })

  test('a folder that cannot be written stops no run', async () => {
    using folder = new Folder()
    const path = folder.write('in-the-way', 'x')
    await using house = await open({ enabled: true, folder: path })
    expect((await house.lua('return 7')).value).toBe(7)
    expect(sum((await metricsOf(house)).snapshot(), CALLS, { point: 'script.done' })).toBe(1)
    mkdirSync(join(folder.path, 'other'))
  })
})

test('the text for Prometheus has heads, escaped labels and buckets that add up', async () => {
  await using house = await open({ enabled: true })
  await house.lua(WORK)
  const metrics = await metricsOf(house)
  const text = metrics.prometheus()
  const lines = text.trimEnd().split('\n')
  const FORM =
    /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})? [\d.e+-]+)$/
  expect(lines.filter((line) => !FORM.test(line))).toEqual([])
  expect(new Set(lines.filter((line) => line.startsWith('# TYPE'))).size).toBe(
    lines.filter((line) => line.startsWith('# TYPE')).length,
  )
  const tool = lines.filter(
    (line) => line.includes('duration_seconds') && line.includes('tool.done'),
  )
  const last = (line: string): number => Number(line.split(' ').at(-1))
  const buckets = tool.filter((line) => line.includes('_bucket')).map(last)
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
  expect(buckets.at(-1)).toBe(4)
  const odd = { name: 'x_total', labels: { a: 'q"\\\n' }, value: 1 }
  expect(metrics.prometheus({ counters: [odd], histograms: [] })).toContain(
    String.raw`x_total{a="q\"\\\n"} 1`,
  )
})
