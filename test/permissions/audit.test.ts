import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  envelope,
  Folder,
  llmspell,
  widest,
  type Ended,
  type SpawnOptions,
} from '../cli/support.ts'
import { inRun, hostPlugin } from '../support/host.ts'
import { ALL, openHouse } from '../support/kernel.ts'

let home: Folder
let project: Folder

beforeEach(() => {
  home = new Folder()
  project = new Folder({ 'a.txt': 'hello', 'b.txt': 'b' })
})

afterEach(() => {
  home[Symbol.dispose]()
  project[Symbol.dispose]()
})

function spell(argv: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return llmspell(argv, { cwd: project.path, env: { LLMSPELL_HOME: home.path }, ...options })
}

const reads = (count: number): string =>
  `for i = 1, ${count} do Tool.execute("file-read", { path = "a.txt" }) end`

const file = (): string => {
  const folder = join(home.path, 'audit')
  return join(folder, readdirSync(folder)[0] ?? 'none')
}
const lines = (): string[] =>
  existsSync(file()) ? readFileSync(file(), 'utf8').split('\n').filter(Boolean) : []
const verified = async (): Promise<Record<string, unknown>> =>
  envelope(await spell(['audit', 'verify', '--json']))

test('each decision is one line, found by run and outcome', async () => {
  await spell(['exec', reads(3), '--allow-read=.'])
  await spell(['exec', `pcall(Tool.execute, "file-read", { path = "b.txt" })`])
  expect(lines()).toHaveLength(4)
  const denied = envelope(await spell(['audit', 'list', '--outcome=denied', '--json']))
  expect(denied['lines']).toMatchObject([
    { permission: 'read', outcome: 'denied', subject: "Tool 'file-read'", actors: ['script'] },
  ])
  const [{ run }] = denied['lines'] as readonly [{ readonly run: string }]
  const ofRun = envelope(await spell(['audit', 'list', `--run=${run}`, '--json']))
  expect(ofRun['lines']).toHaveLength(1)
  const page = await spell(['audit', 'list', '--limit', '2'])
  expect(page.stdout.match(/Tool 'file-read'/g)).toHaveLength(2)
  expect(widest(page.stdout)).toBeLessThanOrEqual(80)
  expect(await verified()).toEqual({ ok: true, lines: 4, faults: [] })
})

test('nothing noted is said so, and a wrong flag refused', async () => {
  expect(await spell(['audit', 'list'])).toMatchObject({
    code: 0,
    stdout: 'No decision is noted.\n',
  })
  expect(await spell(['audit', 'list', '--outcome=maybe'])).toMatchObject({ code: 2 })
  expect(await spell(['audit', 'verify'])).toMatchObject({
    stdout: '0 lines checked, all in place\n',
  })
})

test('a process that is killed leaves whole chains', async () => {
  const meet: SpawnOptions['meet'] = (child) => {
    const timer = setInterval(() => {
      if (existsSync(join(home.path, 'audit')) && lines().length > 10) child.kill('SIGKILL')
    }, 50)
    child.on('close', () => clearInterval(timer))
  }
  const ended = await spell(['exec', reads(1e9), '--allow-read=.'], { meet })
  expect(ended.signal).toBe('SIGKILL')
  expect(lines().length).toBeGreaterThan(10)
  await spell(['exec', reads(2), '--allow-read=.'])
  const { faults } = await verified()
  // A write that the kill came into is torn; all else stands.
  expect((faults as string[]).filter((fault) => !fault.includes('is no line'))).toEqual([])
  expect((faults as string[]).length).toBeLessThanOrEqual(1)
})

test('two processes that write at once keep two chains', async () => {
  const script = `${reads(100)} for i = 1, 100 do pcall(Tool.execute, "file-read", { path = "b.txt" }) end`
  const runs = [1, 2].map(() => spell(['exec', script, '--allow-read=a.txt']))
  for (const { code, stderr } of await Promise.all(runs))
    expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(lines()).toHaveLength(400)
  const chains = new Set(lines().map((text) => (JSON.parse(text) as { chain: string }).chain))
  expect(chains.size).toBe(2)
  expect(await verified()).toEqual({ ok: true, lines: 400, faults: [] })
})

test('a line that was tampered with is found', async () => {
  await spell(['exec', reads(5), '--allow-read=.'])
  const all = lines()
  writeFileSync(file(), `${all.with(1, all[1]!.replace('a.txt', 'b.txt')).join('\n')}\n`)
  const ended = await spell(['audit', 'verify'])
  expect(ended.code).toBe(3)
  expect(ended.stdout).toMatch(
    /\.jsonl:3: line 2 of chain \w+ was changed\n5 lines checked, 1 wrong/,
  )
  writeFileSync(file(), `${all.toSpliced(2, 1).join('\n')}\n`)
  expect(await verified()).toMatchObject({
    ok: false,
    faults: [expect.stringContaining('missing')],
  })
})

test('a host without a folder writes nothing, and hears of every decision at a hook', async () => {
  const heard: unknown[] = []
  const denied: unknown[] = []
  const tap = {
    manifest: {
      manifest: 1,
      id: 'ear',
      main: './ear.js',
      phase: 'globals',
      contributes: { hooks: ['permission.decided', 'permission.denied'] },
    },
    plugin: {
      $llmspell: 'plugin/2',
      setup: (ctx: { tap(name: string, fn: (facts: unknown) => void): void }) => {
        ctx.tap('permission.decided', (facts) => void heard.push(facts))
        ctx.tap('permission.denied', (facts) => void denied.push(facts))
      },
    },
  }
  await using house = await openHouse(ALL, [hostPlugin, tap as never])
  await inRun(
    house,
    async (context) => {
      await context.call('Permission', 'require', ['env', 'LANG', 'A test'])
      await context.call('Permission', 'require', ['env', 'TZ', 'A test']).catch(() => undefined)
    },
    { allow: { env: ['LANG'] } },
  )
  expect(heard).toMatchObject([
    { subject: 'A test', permission: 'env', target: 'LANG', outcome: 'allowed', labels: [] },
    { subject: 'A test', target: 'TZ', outcome: 'denied', labels: ['private'] },
  ])
  expect(denied).toEqual(heard.slice(1))
  expect(await (await house.kernel.use('audit')).verify()).toEqual({ lines: 0, faults: [] })
})

test.each(['list', 'verify'])('audit %s has help in 80 columns', async (name) => {
  const { code, stdout } = await spell(['audit', name, '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('EXAMPLES')
  expect(widest(stdout)).toBeLessThanOrEqual(80)
})
