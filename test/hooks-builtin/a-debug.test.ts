import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { HookEvent, Trace, Traces } from '@llmspell/hook-debug'
import type { CallContext } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest } from '../cli/support.ts'
import { hostPlugin, inRun } from '../support/host.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'

const open = (config: object): Promise<House> =>
  openHouse([...ALL, 'hook-debug'], [hostPlugin], { plugins: { 'hook-debug': { ...config } } })
const tracesOf = (house: House): Promise<Traces> => house.kernel.use('traces' as never)
const hooksOf = (trace: Trace): HookEvent[] => trace.events.filter((e) => e.type === 'hook')

const WORK = `
Hook.register("tool.input", function(ctx)
  ctx.data.params.expression = "2 * (" .. ctx.data.params.expression .. ")"
  return Hook.modify(ctx.data)
end)
Hook.register("tool.guard", function(ctx)
  if ctx.data.params.expression == "13" then return Hook.cancel("unlucky") end
end)
Tool.calculator{ expression = "1 + 1" }
pcall(Tool.execute, "calculator", { expression = "13" })
Async.map({ 1, 2, 3 }, function(n) return Tool.calculator{ expression = n .. " + 1" } end)
return Agent.create{ name = "poet", model = "mock/echo" }:execute("two words").text`

describe('while it is not enabled', () => {
  test('nothing is active, no point is used and nothing is traced', async () => {
    await using house = await openHouse([...ALL, 'hook-debug'])
    await using bare = await openHouse()
    const used = ({ kernel }: House): string[] =>
      kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))
    expect(used(house)).toEqual(used(bare))
    expect(house.kernel.list().find(({ id }) => id === 'hook-debug')?.state).toBe('resolved')
    await house.lua('return 1')
    const traces = await tracesOf(house)
    expect(traces.recent()).toEqual([])
    await expect(traces.read('latest')).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
  })
})

test('a trace has what ended, and each hook with what it changed', async () => {
  await using house = await open({ enabled: true })
  await house.lua(WORK)
  const trace = (await tracesOf(house)).recent()[0]!
  expect(trace).toMatchObject({ file: 'test.lua', ok: true, left_out: 0 })
  const points = trace.events.filter((e) => e.type === 'point')
  expect(points.filter(({ point }) => point === 'tool.done')).toHaveLength(5)
  expect(points.find(({ point }) => point === 'llm.done')).toMatchObject({
    component: 'mock/echo',
    actor: "agent 'poet'",
    ok: true,
    tokens: expect.any(Number),
  })
  expect(points.at(-1)).toMatchObject({ point: 'script.done', at: expect.any(Number) })
  const hooks = hooksOf(trace).filter(({ point }) => point.startsWith('tool.'))
  expect(hooks.map(({ point, outcome }) => [point, outcome]).slice(0, 3)).toEqual([
    ['tool.guard', 'went on'],
    ['tool.input', 'changed'],
    ['tool.guard', 'cancelled'],
  ])
  expect(hooks[1]!.changes).toEqual(['params.expression: "1 + 1" → "2 * (1 + 1)"'])
  expect(hooks.every(({ ms, at }) => ms >= 0 && at >= 0)).toBe(true)
})

test('each hook of a script is told by itself, in the order of asking', async () => {
  using folder = new Folder()
  const doubling = `Hook.register("tool.input", function(ctx)
    ctx.data.params.expression = "2 * (" .. ctx.data.params.expression .. ")"
    return Hook.modify(ctx.data) end)
    Hook.register("tool.input", function(ctx) end, "low")`
  const failing = 'Hook.register("tool.output", function() error("broken") end)'
  const [first, second] = ['first.lua', 'second.lua'].map((name, i) =>
    folder.write(name, [doubling, `${doubling}\n${failing}`][i]!),
  )
  await using house = await openHouse([...ALL, 'hook-debug'], [hostPlugin], {
    plugins: {
      'hook-debug': { enabled: true },
      hooks: { scripts: [{ file: first }, { file: second }] },
    },
  })
  const own = 'Hook.register("tool.input", function() end)'
  await house.lua(`${own} pcall(Tool.execute, "calculator", { expression = "1" })`)
  const told = hooksOf((await tracesOf(house)).recent()[0]!).filter((hook) =>
    ['tool.input', 'tool.output'].includes(hook.point),
  )
  const change = (before: string): string[] => [
    `params.expression: "${before}" → "2 * (${before})"`,
  ]
  // Its folder may look like a key, and is masked then.
  expect(told.map((h) => [basename(h.owner), h.label, h.outcome, h.changes])).toEqual([
    ['test.lua', 'hook_1', 'went on', undefined],
    ['first.lua', 'hook_1', 'changed', change('1')],
    ['second.lua', 'hook_1', 'changed', change('2 * (1)')],
    ['first.lua', 'hook_2', 'went on', undefined],
    ['second.lua', 'hook_2', 'went on', undefined],
    ['second.lua', 'hook_3', 'failed', undefined],
  ])
  expect(told.at(-1)!.error).toContain('broken')
  expect(told.every(({ ms }) => ms >= 0)).toBe(true)
})

test('a failed run is traced too, each run by itself, and what is too much is counted', async () => {
  await using house = await open({ enabled: true, events: 10 })
  await Promise.all([
    house.lua('error("no")').catch(() => undefined),
    house.lua('for i = 1, 30 do Tool.calculator{ expression = "1" } end'),
  ])
  const all = (await tracesOf(house)).recent()
  const failed = all.find(({ ok }) => !ok)!
  expect(failed.events).toHaveLength(1)
  const long = all.find(({ ok }) => ok)!
  expect(long.events).toHaveLength(10)
  expect(long.left_out).toBeGreaterThan(50)
})

test('no secret stands in a trace', async () => {
  const CANARY = 'canary-value-of-no-known-shape'
  const KEY = 'sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7'
  using folder = new Folder()
  const hook = `Hook.register("tool.input", function(ctx)
    ctx.data.params.expression = "1"
    return Hook.modify(ctx.data) end)`
  const script = folder.write('hook.lua', hook)
  await using house = await openHouse([...ALL, 'hook-debug'], [hostPlugin], {
    plugins: { 'hook-debug': { enabled: true }, hooks: { scripts: [{ file: script }] } },
  })
  const texts: string[] = []
  house.kernel.hooks.tap('call.done' as never, (() => undefined) as never)
  await inRun(house, async (context: CallContext) => {
    context.conceal(CANARY, 'secret:canary')
    for (const expression of [CANARY, KEY])
      await context.call('Tool', 'execute', ['calculator', { expression }])
    const end = { run_id: context.runId, file: `${CANARY}`, ok: true, duration_ms: 1 }
    await Promise.resolve(house.kernel.hooks.point('script.done' as never).call(end as never))
    texts.push(JSON.stringify((await tracesOf(house)).recent()))
  })
  expect(texts[0]).toContain('tool.input')
  expect(texts[0]).toContain('secret:canary')
  expect(texts[0]).not.toContain(CANARY)
  expect(texts[0]).not.toContain('aB3dE5fG7hJ9')
})

describe('kept traces', () => {
  test('are found by id, by its beginning and as the latest; the oldest go', async () => {
    using folder = new Folder()
    const ids: string[] = []
    {
      await using house = await open({ enabled: true, folder: folder.path, keep: 2 })
      for (let i = 0; i < 3; i++) {
        await house.lua(`Tool.calculator{ expression = "${i}" }`)
        ids.push((await tracesOf(house)).recent().at(-1)!.run)
        await (await tracesOf(house)).list()
        utimesSync(join(folder.path, `${ids.at(-1)}.jsonl`), 1000 + i, 1000 + i)
      }
    }
    expect(readdirSync(folder.path)).toHaveLength(2)
    await using house = await open({ folder: folder.path })
    const traces = await tracesOf(house)
    expect(await traces.list()).toEqual([ids[2], ids[1]])
    for (const word of [ids[2]!, ids[2]!.slice(0, -1), 'latest'])
      expect((await traces.read(word)).run).toBe(ids[2])
    await expect(traces.read(ids[0]!)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
    await expect(traces.read('../x')).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
    await expect(traces.read('')).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
    writeFileSync(join(folder.path, `${ids[2]}.jsonl`), '{"run"')
    await expect(traces.read(ids[2]!)).rejects.toMatchObject({ code: 'TRACE_DAMAGED' })
  })
})

describe('on the command line', () => {
  // What is inside of what is told by time: a busy machine gets three tries.
  test('run --trace shows a tree, hooks explain what hooks did', { retry: 2 }, async () => {
    using folder = new Folder({ 'work.lua': WORK })
    const env = { LLMSPELL_HOME: join(folder.path, 'home') }
    const options = { cwd: folder.path, env }
    const ran = await llmspell(['run', '--trace', 'work.lua'], options)
    expect(ran).toMatchObject({ code: 0, stdout: 'two words\n' })
    const lines = ran.stderr.split('\n')
    expect(widest(ran.stderr)).toBeLessThanOrEqual(80)
    expect(lines[1]).toMatch(/script work\.lua$/)
    expect(ran.stderr).toMatch(/hook tool\.input of .* changed/)
    expect(ran.stderr).toContain('params.expression: "1 + 1" → "2 * (1 + 1)"')
    // Side by side, each hook stands below its own tool.
    const inner = lines.filter((line) => /tool calculator/.test(line))
    expect(inner.filter((line) => lines[lines.indexOf(line) + 1]?.includes('hook'))).toHaveLength(
      inner.length,
    )
    const explained = await llmspell(['hooks', 'explain'], options)
    expect(explained.code).toBe(0)
    expect(widest(explained.stdout)).toBeLessThanOrEqual(80)
    expect(explained.stdout).toContain('tool.guard of')
    expect(explained.stdout).toContain('cancelled')
    const json = envelope(await llmspell(['hooks', 'explain', 'latest', '--json'], options))
    expect(json).toMatchObject({ ok: true, trace: { file: 'work.lua', left_out: 0 } })
    const named = (json as unknown as { trace: Trace }).trace.events.filter(
      (event): event is HookEvent => event.type === 'hook' && event.point.startsWith('tool.'),
    )
    expect(named[1]).toMatchObject({
      owner: 'work.lua',
      label: 'hook_1',
      outcome: 'changed',
      changes: ['params.expression: "1 + 1" → "2 * (1 + 1)"'],
      ms: expect.any(Number),
    })
    expect(explained.stdout).toContain('tool.input of work.lua (hook_1) changed')
    expect(explained.stdout).toContain('tool.guard of work.lua (hook_2) cancelled')
    expect(await llmspell(['hooks', 'explain', 'nobody'], options)).toMatchObject({ code: 3 })
  })

  test('--trace=FILE writes lines, a failed run is traced, and without the flag nothing is kept', async () => {
    using folder = new Folder({ 'bad.lua': 'Tool.calculator{ expression = "1" } error("no")' })
    const env = { LLMSPELL_HOME: join(folder.path, 'home') }
    const options = { cwd: folder.path, env }
    const words = ['run', 'bad.lua', '--trace=out.jsonl']
    const { code, stderr } = await llmspell(words, options)
    expect(code).not.toBe(0)
    expect(stderr).not.toContain('trace of run')
    const [facts, ...events] = readFileSync(join(folder.path, 'out.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(facts).toMatchObject({ ok: false, file: 'bad.lua' })
    expect(events.at(-1)).toMatchObject({ point: 'script.done', ok: false })
    using other = new Folder()
    const plain = { cwd: other.path, env: { LLMSPELL_HOME: join(other.path, 'home') } }
    await llmspell(['exec', 'return 1'], plain)
    expect(await llmspell(['hooks', 'explain'], plain)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('No run was traced.'),
    })
  })

  test('hooks list shows points and taps, and loads no plugin', async () => {
    const { points } = envelope(await llmspell(['hooks', 'list', '--json'])) as {
      points: { name: string; taps: { plugin: string; with?: string }[] }[]
    }
    const activated = points.find(({ name }) => name === 'kernel.pluginActivated')!
    expect(activated.taps).toContainEqual({ plugin: 'hook-metrics', with: 'enabled' })
    const all = await llmspell(['hooks', 'list'])
    expect(widest(all.stdout)).toBeLessThanOrEqual(80)
    const one = await llmspell(['hooks', 'list', 'tool.guard'])
    expect(one.stdout).toMatch(/^tool\.guard\n/)
    expect(await llmspell(['hooks', 'list', 'tool.gaurd'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Did you mean 'tool.guard'"),
    })
  })
})
