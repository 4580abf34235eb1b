import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { CallContext, HandleRef } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { fileOut } from '../../plugins/hook-logging/src/out.ts'
import { Folder, llmspell } from '../cli/support.ts'
import { hostPlugin, inRun } from '../support/host.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'

type Line = Readonly<Record<string, unknown>>

const open = (config: object, more: object = {}): Promise<House> =>
  openHouse([...ALL, 'hook-logging'], [hostPlugin], {
    plugins: { 'hook-logging': { ...config }, ...more },
  })

/** The lines that a run leaves. */
async function logged(
  config: object,
  work: (house: House, folder: Folder) => Promise<unknown>,
): Promise<{ readonly text: string; readonly lines: readonly Line[] }> {
  using folder = new Folder()
  const file = join(folder.path, 'logs', 'run.jsonl')
  {
    await using house = await open({ enabled: true, file, ...config })
    await work(house, folder)
  }
  const text = readFileSync(file, 'utf8')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  return {
    text,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((one) => JSON.parse(one) as Line),
  }
}

const WORK = `
Tool.calculator{ expression = "1 + 1" }
Tool.calculator{ expression = "1 / 0" }
pcall(Tool.execute, "file-read", { path = "secret.txt" })
return Agent.create{ name = "poet", model = "mock/echo" }:execute("two words").text`

test('while it is not enabled nothing is active and no point is used', async () => {
  await using house = await openHouse([...ALL, 'hook-logging'])
  await using bare = await openHouse()
  const used = ({ kernel }: House): string[] =>
    kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))
  expect(used(house)).toEqual(used(bare))
  expect(house.kernel.list().find(({ id }) => id === 'hook-logging')?.state).toBe('resolved')
})

test('what ended is a line with its run, component and time; what failed stands out', async () => {
  const { lines } = await logged({}, (house) => house.lua(WORK))
  const of = (point: string): readonly Line[] => lines.filter((line) => line['point'] === point)
  expect(of('tool.done')).toMatchObject([
    { level: 'info', component: 'calculator', ok: true, ms: expect.any(Number) },
    { level: 'warn', component: 'calculator', ok: false, code: 'CALC_DOMAIN' },
    { level: 'warn', component: 'file-read', ok: false, code: 'PERMISSION_DENIED' },
  ])
  expect(of('permission.decided')).toMatchObject([{ level: 'warn', permission: 'read' }])
  expect(of('llm.done')).toMatchObject([{ level: 'info', component: 'mock/echo', mock: true }])
  expect(of('agent.done')).toMatchObject([{ level: 'info', component: 'poet' }])
  expect(of('script.done')).toMatchObject([{ level: 'info', component: 'test.lua', ok: true }])
  const runs = new Set(lines.filter((line) => line['run'] !== undefined).map(({ run }) => run))
  expect(runs.size).toBe(1)
  expect(of('call.done')).toEqual([])
  const times = lines.map(({ time }) => time as number)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

describe('levels and samples', () => {
  test('error keeps only what ended badly as a whole', async () => {
    const { lines } = await logged({ level: 'error' }, (house) =>
      house.lua('Tool.calculator{ expression = "1/0" } error("no")').catch(() => undefined),
    )
    expect(lines.map(({ point }) => point)).toEqual(['script.done'])
  })

  test('trace has the chunks, info does not even tap them', async () => {
    const { lines } = await logged({ level: 'trace' }, (house) => house.lua(WORK))
    expect(lines.filter(({ point }) => point === 'llm.chunk').length).toBeGreaterThan(0)
    await using house = await open({ enabled: true, level: 'info' })
    const chunk = house.kernel.hooks.list().find(({ name }) => name === 'llm.chunk')
    expect(chunk?.used).toBe(false)
  })

  test('a share is written, and all that failed', async () => {
    const { lines } = await logged({ sample: 0.1, points: ['tool.done'] }, (house) =>
      house.lua(`for i = 1, 100 do
        Tool.calculator{ expression = i % 10 == 0 and "1/0" or "1" } end`),
    )
    expect(lines.filter(({ ok }) => ok === false)).toHaveLength(10)
    expect(lines.filter(({ ok }) => ok === true)).toHaveLength(9)
  })
})

describe('no secret is written', () => {
  const CANARY = 'canary-value-of-no-known-shape'
  const KEY = 'sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7'

  /** Has a secret of the run, a key and a password pass through tools and a model. */
  const work = (house: House): Promise<unknown> =>
    inRun(house, async (context: CallContext) => {
      context.conceal(CANARY, 'secret:canary')
      const model = { name: `poet ${KEY}`, model: 'mock/echo' }
      const agent = (await context.call('Agent', 'create', [model])) as HandleRef
      const calls: readonly Parameters<typeof context.call>[] = [
        ['Tool', 'execute', ['text', { operation: 'upper', text: `${KEY} ${CANARY}` }]],
        ['Tool', 'execute', ['calculator', { expression: '1', password: 'hunter2hunter2' }]],
        ['Tool', 'execute', ['calculator', { expression: CANARY }]],
        ['Tool', 'execute', ['file-read', { path: `/${CANARY}/${KEY}` }]],
        ['Agent', 'Agent.execute', [`${KEY} ${CANARY}`], { handle: agent }],
      ]
      for (const call of calls) await context.call(...call).catch(() => undefined)
      throw new Error(`the end of ${KEY} and ${CANARY}`)
    }).catch(() => undefined)

  test.each([{ payload: false }, { payload: true }])('%j', async (config) => {
    const { text, lines } = await logged({ ...config, level: 'trace', points: ['*'] }, work)
    expect(lines.length).toBeGreaterThan(15)
    expect(text).toContain('***')
    expect(text).toContain('secret:canary')
    for (const secret of [CANARY, 'aB3dE5fG7hJ9', 'hunter2hunter2'])
      expect(text).not.toContain(secret)
  })
})

describe('the file', () => {
  test('that cannot be opened is said so, and runs go on', async () => {
    using folder = new Folder()
    symlinkSync(folder.write('target', ''), join(folder.path, 'link'))
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const file of [join(folder.path, 'link'), folder.path, pipe, '/dev/null']) {
      await using house = await open({ enabled: true, file })
      const row = house.kernel.list().find(({ id }) => id === 'hook-logging')
      expect(row).toMatchObject({
        state: 'failed',
        failure: { message: expect.stringContaining('cannot be written') },
      })
      expect((await house.lua('return 7')).value).toBe(7)
    }
  })

  test('that was there before is closed to others; a pipe that is read is refused too', async () => {
    using folder = new Folder()
    const file = folder.write('old.jsonl', 'before\n')
    chmodSync(file, 0o644)
    await (await fileOut(file)).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toBe('before\n')
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    await expect(fileOut(pipe)).rejects.toMatchObject({ code: 'LOG_UNWRITABLE' })
    closeSync(reader)
  })
})

test('without a file the lines go to stderr, the answer to stdout', async () => {
  using folder = new Folder()
  const config = folder.write('own.toml', '[plugins.hook-logging]\nenabled = true\n')
  const words = ['exec', 'return Tool.calculator{ expression = "6*7" }.text', '--config', config]
  const { code, stdout, stderr } = await llmspell(words, { cwd: folder.path })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '42\n' })
  const lines = stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
  expect(lines).toMatchObject([{ point: 'tool.done' }, { point: 'script.done', ok: true }])
})
