import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditLine, CallContext } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { hostPlugin, inRun } from '../support/host.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'

const open = (folder: string, config: object): Promise<House> =>
  openHouse([...ALL, 'hook-audit'], [hostPlugin], {
    plugins: { 'hook-audit': { ...config }, permissions: { audit: folder } },
  })

async function linesOf(house: House): Promise<readonly AuditLine[]> {
  return Array.fromAsync((await house.kernel.use('audit')).lines())
}

const WORK = `
Tool.calculator{ expression = "1 + 1" }
Tool.calculator{ expression = "1 / 0" }
pcall(Tool.execute, "file-read", { path = "x" })
Hook.register("tool.guard", function() return Hook.cancel("no") end)
pcall(Tool.execute, "calculator", { expression = "1" })
return Agent.create{ name = "poet", model = "mock/echo" }:execute("two words").text`

test('while it is not enabled nothing is active and no point is used', async () => {
  await using house = await openHouse([...ALL, 'hook-audit'])
  await using bare = await openHouse()
  const used = ({ kernel }: House): string[] =>
    kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))
  expect(used(house)).toEqual(used(bare))
  expect(house.kernel.list().find(({ id }) => id === 'hook-audit')?.state).toBe('resolved')
})

test('what points tell stands in the chain, between the decisions', async () => {
  using folder = new Folder()
  {
    await using house = await open(folder.path, { enabled: true })
    await house.lua(WORK)
  }
  await using house = await open(folder.path, {})
  const lines = await linesOf(house)
  const tools = lines.filter(({ permission }) => permission === 'tool.done')
  expect(tools.map(({ target, outcome, by }) => [target, outcome, by])).toEqual([
    ['calculator', 'allowed', 'plugin hook-audit: done'],
    ['calculator', 'allowed', 'plugin hook-audit: failed with CALC_DOMAIN'],
    ['file-read', 'denied', 'plugin hook-audit: failed with PERMISSION_DENIED'],
    ['calculator', 'denied', 'plugin hook-audit: failed with HOOK_CANCELLED'],
  ])
  expect(lines.map(({ permission }) => permission)).toEqual([
    'tool.done',
    'tool.done',
    'read',
    'tool.done',
    'tool.done',
    'llm.done',
    'agent.done',
    'script.done',
  ])
  const [agent] = lines.filter(({ permission }) => permission === 'agent.done')
  expect(agent).toMatchObject({ target: 'poet', actors: ['poet'] })
  expect(new Set(lines.map(({ run }) => run)).size).toBe(1)
  const audit = await house.kernel.use('audit')
  expect(await audit.verify()).toEqual({ lines: 8, faults: [] })
  const [file] = readdirSync(folder.path)
  const path = join(folder.path, file!)
  writeFileSync(path, readFileSync(path, 'utf8').replace('CALC_DOMAIN', 'NOTHING_BAD'))
  expect((await audit.verify()).faults).toHaveLength(1)
})

test('points are chosen; one that nobody owns is refused', async () => {
  using folder = new Folder()
  await using house = await open(folder.path, { enabled: true, points: ['script.*'] })
  await house.lua(WORK)
  const points = (await linesOf(house)).map(({ permission }) => permission)
  expect(points.filter((name) => name !== 'read')).toContain('script.done')
  expect(points).not.toContain('tool.done')
  await using wrong = await open(folder.path, { enabled: true, points: ['tool.dune'] })
  const row = wrong.kernel.list().find(({ id }) => id === 'hook-audit')
  expect(row).toMatchObject({
    state: 'failed',
    failure: { message: expect.stringContaining("'tool.dune'") },
  })
})

test('no secret and no content stands in a line', async () => {
  const CANARY = 'canary-value-of-no-known-shape'
  using folder = new Folder()
  await using house = await open(folder.path, { enabled: true, points: ['*'] })
  await inRun(house, async (context: CallContext) => {
    context.conceal(CANARY, 'secret:canary')
    await context.call('Tool', 'execute', ['calculator', { expression: '40 + 2' }])
    await context.call('Agent', 'create', [{ name: CANARY, model: 'mock/echo' }])
    await context.call('Tool', 'execute', [CANARY, {}]).catch(() => undefined)
  })
  const text = JSON.stringify(await linesOf(house))
  expect(text).toContain('tool.done')
  expect(text).not.toContain(CANARY)
  expect(text).not.toContain('40 + 2')
})

test('an audit that cannot be written stops no run', async () => {
  using folder = new Folder()
  const path = folder.write('in-the-way', 'x')
  await using house = await open(path, { enabled: true })
  expect((await house.lua('Tool.calculator{ expression = "1" } return 7')).value).toBe(7)
})
