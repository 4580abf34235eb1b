import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, llmspell } from './support.ts'

const SCRIPT = `for i = 1, 5 do Event.publish("order.paid", { sum = i }, { persist = i ~= 3 }) end
Tool.calculator{ expression = "1+1" }`
const SLEEPER = `Event.publish("order.last", "\\27[31mred", { persist = true }) Run.checkpoint("here") Run.sleep("20s")`

function house(): Folder {
  const folder = new Folder({ 'a.lua': SCRIPT, 'sleep.lua': SLEEPER })
  const state = `[plugins.state]\nfolder = ${JSON.stringify(join(folder.path, 'state'))}\n`
  folder.write('c.toml', `${state}[plugins.events]\npersist = ["run.*"]\n`)
  return folder
}

const lines = (text: string): string[] => text.trim().split('\n')
const data = (text: string): unknown[] =>
  lines(text).map((line) => (JSON.parse(line) as { data: unknown }).data)

test('kept events are shown: the newest, behind an offset, by a pattern, through a pipe', async () => {
  using folder = house()
  const at = { cwd: folder.path }
  const config = ['--config', 'c.toml']
  const empty = await llmspell(['events', 'tail', ...config], at)
  expect(empty).toMatchObject({ code: 0, stdout: '', stderr: 'No event is kept that fits.\n' })
  expect((await llmspell(['run', 'a.lua', ...config], at)).code).toBe(0)
  const tail = (...more: string[]) => llmspell(['events', 'tail', ...more, ...config], at)
  const orders = await tail('order.*', '--json')
  expect(data(orders.stdout)).toEqual([1, 2, 4, 5].map((sum) => ({ sum })))
  expect(data((await tail('order.*', '--json', '--limit', '2')).stdout)).toEqual([
    { sum: 4 },
    { sum: 5 },
  ])
  const since = await tail('order.*', '--since', '2', '--limit', '2')
  expect(lines(since.stdout).map((line) => line.split('  ')[0])).toEqual(['3', '4'])
  const runs = await tail('run.*')
  expect(runs.stdout).toMatch(/run\.started .*"file":"a\.lua"[\s\S]*run\.ended .*"ok":true/)
})

test.each([
  [['a*b'], 'EVENT_PATTERN_INVALID'],
  [['--since', 'yesterday'], 'FLAG_INVALID'],
  [['--limit', '-1'], 'FLAG_INVALID'],
])('%j is refused', async (argv, code) => {
  using folder = house()
  const words = ['events', 'tail', ...argv, '--config', 'c.toml']
  const { code: exit, stderr } = await llmspell(words, { cwd: folder.path })
  expect([exit === 0, stderr.includes(code)]).toEqual([false, true])
})

test('events of a run in another process are shown while it runs, and followed', async () => {
  using folder = house()
  const at = { cwd: folder.path }
  const config = ['--config', 'c.toml']
  let stop = (): void => {}
  const running = Promise.withResolvers<void>()
  const sleeping = llmspell(['run', '--durable', '--wait=1h', 'sleep.lua', ...config], {
    ...at,
    meet: (child) => {
      stop = () => void child.kill('SIGKILL')
      child.stderr?.once('data', () => setTimeout(() => running.resolve(), 500))
    },
  })
  await running.promise
  expect(await llmspell(['events', 'tail', ...config], at)).toMatchObject({ code: 0 })
  let seen = ''
  await llmspell(['events', 'tail', 'order.*', '--follow', ...config], {
    ...at,
    meet: (child) =>
      child.stdout?.on('data', (text: Buffer) => {
        seen += text.toString()
        child.kill('SIGKILL')
      }),
  })
  stop()
  await sleeping
  expect(seen).toContain('order.last')
  expect(seen).not.toContain('\u001B')
})

test('events of a run come as they happen with --events', async () => {
  using folder = house()
  const words = ['run', 'a.lua', '--events', '--config', 'c.toml']
  const { stdout, code } = await llmspell(words, { cwd: folder.path })
  const published = lines(stdout)
    .map((line) => JSON.parse(line) as { event?: string; published?: { event_type: string } })
    .flatMap((row) => (row.event === 'event' ? [row.published!.event_type] : []))
  expect(code).toBe(0)
  expect(published).toEqual([
    'run.started',
    ...Array.from({ length: 5 }, () => 'order.paid'),
    'tool.executed',
    'run.ended',
  ])
})

test('the types are listed with their schemas', async () => {
  const { stdout } = await llmspell(['events', 'types', '--json'])
  const { types } = JSON.parse(stdout) as { types: { type: string; data: object }[] }
  expect(types.map(({ type }) => type)).toContain('agent.completed')
  expect((await llmspell(['events', 'types'])).stdout).toContain('tool.executed')
})
