import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Costs } from '@llmspell/hook-cost'
import { createKernel } from '@llmspell/kernel'
import type { Logger } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell } from '../cli/support.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'

const PRICES = { 'mock/echo': { in: 1_000_000, out: 1_000_000 } }

const open = (config: object): Promise<House> =>
  openHouse([...ALL, 'hook-cost'], [], {
    plugins: { 'hook-cost': { ...config }, models: { prices: PRICES } },
  })
const costsOf = (house: House): Promise<Costs> => house.kernel.use('costs' as never)

const WORK = `
local poet = Agent.create{ name = "poet", model = "mock/echo" }
poet:execute("two words")
poet:execute("two words")
Agent.create{ name = "clerk", model = "mock/echo" }:execute("x")`

test('while it is not enabled nothing is active and no point is used', async () => {
  await using house = await openHouse([...ALL, 'hook-cost'])
  await using bare = await openHouse()
  const used = ({ kernel }: House): string[] =>
    kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))
  expect(used(house)).toEqual(used(bare))
  await house.lua(WORK)
  expect(house.kernel.list().find(({ id }) => id === 'hook-cost')?.state).toBe('resolved')
  expect(await (await costsOf(house)).totals('model')).toEqual([])
})

test('it wakes with the first answer of a model', async () => {
  await using house = await open({ enabled: true })
  const state = (): string | undefined =>
    house.kernel.list().find(({ id }) => id === 'hook-cost')?.state
  await house.lua('Tool.calculator{ expression = "1" }')
  expect(state()).toBe('resolved')
  await house.lua(WORK)
  expect(state()).toBe('active')
  expect((await (await costsOf(house)).totals('model'))[0]?.calls).toBe(3)
})

test('sums are those of the run, by run, agent, model and day', async () => {
  await using house = await open({ enabled: true })
  const { usage } = await house.lua(WORK)
  const costs = await costsOf(house)
  const [model] = await costs.totals('model')
  expect(model).toMatchObject({ key: 'mock/echo', calls: 3, unpriced: 0 })
  expect(model!.input_tokens).toBe(usage.inputTokens)
  expect(model!.output_tokens).toBe(usage.outputTokens)
  expect(model!.cost).toBeCloseTo(usage.cost)
  expect(model!.cost).toBeGreaterThan(0)
  const agents = await costs.totals('agent')
  expect(agents.map(({ key, calls }) => [key, calls])).toEqual([
    ["agent 'poet'", 2],
    ["agent 'clerk'", 1],
  ])
  expect(await costs.totals('run')).toHaveLength(1)
  expect((await costs.totals('day'))[0]?.key).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(await costs.totals('model', Date.now() + 2 * 86_400_000)).toEqual([])
})

test('several processes and lives add to one folder; a torn line takes no other with it', async () => {
  using folder = new Folder()
  const houses = await Promise.all([1, 2].map(() => open({ enabled: true, folder: folder.path })))
  await Promise.all(houses.map(({ lua }) => lua(WORK)))
  for (const house of houses) await house.kernel.stop()
  const [name] = readdirSync(folder.path)
  const { appendFileSync } = await import('node:fs')
  appendFileSync(join(folder.path, name!), '{"run":"x')
  {
    await using house = await open({ enabled: true, folder: folder.path })
    await house.lua(WORK)
  }
  await using house = await open({ folder: folder.path })
  const costs = await costsOf(house)
  expect((await costs.totals('model'))[0]?.calls).toBe(9)
  expect(await costs.totals('run')).toHaveLength(3)
})

describe('warnings', () => {
  async function warned(config: object, runs: number): Promise<readonly string[]> {
    const warnings: string[] = []
    const ignore = (): void => undefined
    const warn = (message: string): void => void warnings.push(message)
    const logger: Logger = { trace: ignore, debug: ignore, info: ignore, error: ignore, warn }
    const plugins = [...ALL, 'hook-cost'].map((name) => join(ROOT, 'plugins', name))
    const sections = { 'hook-cost': { enabled: true, ...config }, models: { prices: PRICES } }
    const kernel = createKernel({ plugins, config: { plugins: sections }, logger })
    await kernel.start()
    const runtime = await kernel.use('script-runtime')
    for (let i = 0; i < runs; i++) await runtime.run({ source: WORK, file: 'test.lua' })
    await kernel.stop()
    return warnings.filter((text) => text.includes('has cost'))
  }

  test('come once for a run that costs more', async () => {
    expect(await warned({ warn_run: 1 }, 2)).toEqual([
      expect.stringMatching(
        /^Run '.+' has cost \$\d.*: more than plugins\.hook-cost\.warn_run, \$1\.00\.$/,
      ),
      expect.stringContaining('Run'),
    ])
    expect(await warned({ warn_run: 1e9, warn_day: 1e9 }, 1)).toEqual([])
  })

  test('come once for a day, whoever spent it', async () => {
    using folder = new Folder()
    const { length } = await warned({ folder: folder.path }, 3)
    expect(length).toBe(0)
    await using house = await open({ folder: folder.path })
    const [day] = await (await costsOf(house)).totals('day')
    const said = await warned({ folder: folder.path, warn_day: day!.cost * 1.1 }, 2)
    expect(said).toEqual([expect.stringContaining('Today has cost')])
  })
})

test('the command line shows metrics and costs over runs', async () => {
  using folder = new Folder({
    'work.lua': WORK,
    'own.toml': `[plugins.hook-cost]\nenabled = true\nwarn_run = 0.5
[plugins.hook-metrics]\nenabled = true
[plugins.models.prices]\n"mock/echo" = { in = 1000000, out = 1000000 }\n`,
  })
  const options = { cwd: folder.path, env: { LLMSPELL_HOME: join(folder.path, 'home') } }
  const empty = await llmspell(['metrics'], options)
  expect(empty).toMatchObject({ code: 0, stdout: expect.stringContaining('enabled = true') })
  expect((await llmspell(['metrics', 'cost'], options)).stdout).toContain('hook-cost')
  for (let i = 0; i < 2; i++) {
    const ran = await llmspell(['run', 'work.lua', '--config', 'own.toml'], options)
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('warn_run') })
  }
  // What was counted is there without the config that had it counted.
  const shown = await llmspell(['metrics'], options)
  expect(shown.stdout).toMatch(/agent\.done +4 +0 .*poet/)
  const json = envelope(await llmspell(['metrics', '--json'], options))
  expect(json).toMatchObject({ ok: true, unreadable: 0 })
  const text = (await llmspell(['metrics', '--prometheus'], options)).stdout
  expect(text).toMatch(/^llmspell_hook_calls_total\{point="agent\.done".*component="poet".*\} 4$/m)
  const cost = await llmspell(['metrics', 'cost', '--by', 'agent', '--since', '1d'], options)
  expect(cost.stdout).toMatch(/agent 'poet' +4 +\d+ tokens, \$\d/)
  const rows = envelope(await llmspell(['metrics', 'cost', '--by', 'run', '--json'], options))
  expect(rows['rows']).toHaveLength(2)
  expect(await llmspell(['metrics', '--json', '--prometheus'], options)).toMatchObject({ code: 2 })
  expect(await llmspell(['metrics', 'cost', '--by', 'week'], options)).toMatchObject({ code: 2 })
})
