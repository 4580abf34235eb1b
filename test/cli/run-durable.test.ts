import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Place } from './runs.ts'
import { widest } from './support.ts'

const STEPS = {
  'steps.lua': `
for i = 1, 5 do
  Tool.file_write{ path = "log.txt", content = i .. "\\n", mode = "append" }
  print("step", i, Tool.calculator{ expression = i .. " * 10" }.text)
  Run.sleep("300ms")
end
return { done = true, lines = Tool.file_read{ path = "log.txt" }.text }
`,
  'steps.js': `
for (let i = 1; i <= 5; i++) {
  await Tool.fileWrite({ path: 'log.txt', content: i + '\\n', mode: 'append' })
  print('step', i, (await Tool.calculator({ expression: i + ' * 10' })).text)
  await Run.sleep('300ms')
}
return { done: true, lines: (await Tool.fileRead({ path: 'log.txt' })).text }
`,
  'wait.lua': 'print("asking") print("got", Run.wait_for("go"))',
  'pure.lua': `
local sum = 0
for i = 1, 40 do sum = sum + Tool.calculator{ expression = i .. " * 2" }.result.value end
Run.checkpoint("summed", { sum = sum })
return sum
`,
}
const GRANTS = ['--allow-write=log.txt', '--allow-read=log.txt']
const log = ({ folder }: Place): string => readFileSync(join(folder.path, 'log.txt'), 'utf8')

describe.each(['steps.lua', 'steps.js'])('%s', (file) => {
  test('killed with -9 in the middle goes on as if nothing had happened', async () => {
    using place = new Place(STEPS)
    const killed = await place.killed([file, '--durable', '--run-id=r', ...GRANTS], 'step\t2')
    expect(killed).toMatchObject({ signal: 'SIGKILL', code: null })
    expect(killed.stderr).toBe('durable run r; when it is stopped: llmspell run resume r\n')
    expect(log(place)).toBe('1\n2\n')
    expect(await place.json(['list'])).toMatchObject({
      runs: [{ run_id: 'r', status: expect.stringMatching(/interrupted|waiting/), script: file }],
    })
    const resumed = await place.run(['resume', 'r'])
    expect(resumed).toMatchObject({ code: 0 })
    // What was printed behind the last record is printed again: nobody knows that it was.
    expect(resumed.stdout).toMatch(/^(?:step\t2\t20\n)?step\t3\t30\nstep\t4\t40\nstep\t5\t50\n\{/)
    expect(log(place)).toBe('1\n2\n3\n4\n5\n')
    const replayed = await place.run(['replay', 'r'])
    expect(replayed).toMatchObject({ code: 0, stderr: expect.stringContaining('identical') })
    expect(replayed.stdout).toMatch(/^step\t1\t10\nstep\t2\t20\n.*step\t5\t50\n\{/s)
    expect(log(place)).toBe('1\n2\n3\n4\n5\n')
  })
})

test('Ctrl-C leaves a run in its journal, and says how to go on', async () => {
  using place = new Place(STEPS)
  const left = await place.killed(
    ['steps.lua', '--durable', '--run-id=r', ...GRANTS],
    'step\t2',
    'SIGINT',
  )
  expect(left.code).toBe(130)
  expect(left.stderr).toContain('Ctrl-C again ends at once')
  expect(left.stderr).toMatch(
    /error\[CANCELLED\]: .*stays in its journal\.\nhint: .*llmspell run resume r\n$/,
  )
  expect(await place.run(['resume', 'r'])).toMatchObject({ code: 0 })
  expect(log(place)).toBe('1\n2\n3\n4\n5\n')
})

describe.each([
  ['loop.lua', 'Tool.calculator{ expression = "1" }\nprint("computes")\nwhile true do end'],
  ['loop.js', 'await Tool.calculator({ expression: "1" })\nprint("computes")\nfor (;;);'],
])('%s', (file, text) => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a script that computes for ever',
    async (signal) => {
      using place = new Place({ [file]: text })
      const guard = (child: ChildProcess) => setTimeout(() => child.kill('SIGKILL'), 20_000)
      let timer: ReturnType<typeof setTimeout> | undefined
      const ended = await place.run([file, '--durable', '--run-id=r'], {
        meet: (child) => {
          timer = guard(child)
          child.stdout!.on('data', () => void setTimeout(() => child.kill(signal), 200))
        },
      })
      clearTimeout(timer)
      expect(ended.signal).toBe(signal)
      expect((await place.json(['show', 'r'])).run.status).toBe('interrupted')
    },
  )
})

test('killed again and again at any instant, a run comes to the same end', async () => {
  using place = new Place(STEPS)
  const meet = (ms: number) => ({
    meet: (child: { kill(signal: 'SIGKILL'): void }) =>
      void setTimeout(() => child.kill('SIGKILL'), ms),
  })
  const start = ['pure.lua', '--durable', '--run-id=r']
  let last = await place.run(start, meet(180))
  for (let i = 0; i < 6 && last.code !== 0; i++) {
    const known = (await place.json(['list'])).runs.length > 0
    last = await place.run(known ? ['resume', 'r'] : start, meet(120 + 35 * i))
  }
  // The same id is the same run: it is joined where it has ended, and begun where it never was.
  expect(await place.run(start)).toMatchObject({ code: 0 })
  const { run, records } = await place.json(['show', 'r'])
  expect(run.status).toBe('succeeded')
  expect(records.at(-1)).toMatchObject({
    kind: 'end',
    outcome: { ok: true, value: { inline: 1640 } },
  })
  expect(await place.run(['replay', 'r'])).toMatchObject({ code: 0 })
})

test('a durable run prints what a plain one prints, and the same id is the same run', async () => {
  using place = new Place(STEPS)
  const plain = await place.run(['pure.lua'])
  const durable = await place.run(['pure.lua', '--durable', '--run-id=r', '--durability=os', '-q'])
  expect(durable).toEqual(plain)
  expect(await place.json(['pure.lua', '--durable', '--run-id=r'])).toMatchObject({
    ok: true,
    result: 1640,
  })
  expect((await place.json(['list'])).runs).toHaveLength(1)
  const other = await place.json(['steps.lua', '--durable', '--run-id=r'])
  expect(other).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID' } })
  const more = ['pure.lua', '--durable', '--run-id=r', '--json', '--', 'more']
  expect(JSON.parse((await place.run(more)).stdout)).toMatchObject({
    error: { code: 'INPUT_INVALID', message: expect.stringContaining('other arguments') },
  })
})

test('run show draws a timeline within 80 columns', async () => {
  using place = new Place(STEPS)
  await place.run(['pure.lua', '--durable', '--run-id=r'])
  const { code, stdout } = await place.run(['show', 'r'])
  expect(code).toBe(0)
  expect(widest(stdout)).toBeLessThanOrEqual(80)
  for (const text of [
    'Status     succeeded',
    'begins: pure.lua',
    'Tool.',
    "mark 'summed'",
    'ends: 1640',
  ])
    expect(stdout).toContain(text)
  const lines = stdout.trimEnd().split('\n')
  const { records } = await place.json(['show', 'r'])
  const until = await place.run(['replay', 'r', '--until', '5'])
  expect(until).toMatchObject({ code: 0, stdout: '', stderr: 'replayed 6 records: identical\n' })
  expect(lines.filter((line) => /^ *\d+ +\+/.test(line))).toHaveLength(records.length)
  expect((await place.run(['show', 'r', '--full'])).stdout).toContain('asked:')
})

test('an export has rows, records and the text of the script', async () => {
  using place = new Place(STEPS)
  await place.run(['pure.lua', '--durable', '--run-id=r'])
  expect(await place.run(['export', 'r', '--out', 'run.json'])).toMatchObject({ code: 0 })
  const file = join(place.folder.path, 'run.json')
  const { format, run, records, blobs } = JSON.parse(readFileSync(file, 'utf8'))
  expect(format).toBe('llmspell-run/1')
  expect(records).toHaveLength(run.records)
  expect(blobs[run.definition.hash]).toEqual({ text: STEPS['pure.lua'] })
  expect(await place.run(['export', 'r', '--out', 'run.json'])).toMatchObject({ code: 3 })
  expect((await place.json(['export', 'r'])).export.records).toEqual(records)
})

test('events come as lines, and the document is the last', async () => {
  using place = new Place(STEPS)
  const { stdout, stderr } = await place.run(['pure.lua', '--durable', '--run-id=r', '--events'])
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(stderr).toBe('')
  expect(lines[0]).toEqual({ event: 'run', run_id: 'r', resume: 'llmspell run resume r' })
  expect(lines.at(-1)).toMatchObject({ ok: true, result: 1640, run_id: 'r' })
})

test('two runs of the same script are alike', async () => {
  using place = new Place(STEPS)
  for (const id of ['a', 'b']) await place.run(['pure.lua', '--durable', `--run-id=${id}`])
  const { code, stdout } = await place.run(['diff', 'a', 'b'])
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('alike in all'),
  })
})

test('beside a durable run others are shown and carried out; the same one is not', async () => {
  using place = new Place(STEPS)
  let stop = (): void => {}
  const running = Promise.withResolvers<void>()
  const first = place.run(['wait.lua', '--durable', '--run-id=r', '--wait=1h'], {
    meet: (child) => {
      stop = () => void child.kill('SIGKILL')
      child.stdout?.on('data', () => running.resolve())
    },
  })
  await running.promise
  const list = await place.run(['list'])
  expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('wait.lua') })
  expect(await place.run(['show', 'r'])).toMatchObject({ code: 0 })
  expect(await place.run(['pure.lua', '--durable', '--run-id=s'])).toMatchObject({ code: 0 })
  const again = await place.run(['resume', 'r'])
  expect(again.stderr).toMatch(/error\[RUN_BUSY\]: Run 'r' is under way in process \d+/)
  expect(again.code).toBe(8)
  expect(await place.run(['signal', 'r', 'go', '7'])).toMatchObject({ code: 0 })
  expect((await first).stdout).toContain('got\t7')
  stop()
  expect(await place.run(['list'])).toMatchObject({ stdout: expect.stringContaining('succeeded') })
})

test.each([
  [['shwo', 'r'], "Did you mean 'llmspell run show'?"],
  [['--json', 'list'], 'right behind run'],
  [['show', 'nothing'], 'llmspell run list'],
  [['list', '--status', 'dead'], 'expected interrupted or'],
  [['show'], 'needs ID'],
  [['resume'], "or '--all'"],
  [['pure.lua', '--durable', '--isolation=worker'], 'exclude each other'],
])('slips: %j', async (words, text) => {
  using place = new Place(STEPS)
  const { code, stdout, stderr } = await place.run(words)
  expect(`${stdout}${stderr}`).toContain(text)
  expect([2, 3]).toContain(code)
})

test('a script of the name of a verb runs by its path', async () => {
  using place = new Place({ list: 'return "mine"' })
  expect(await place.run(['./list', '-e', 'lua'])).toMatchObject({ code: 0, stdout: 'mine\n' })
})

test('what is left of a damaged store can be listed and shown, and nothing goes on from it', async () => {
  using place = new Place({ 'w.lua': 'Run.wait_for("go")' })
  expect(await place.run(['w.lua', '--durable', '--run-id=r', '--wait=0'])).toMatchObject({
    code: 75,
  })
  const head = join(place.folder.path, 'home', 'state', 'head.json')
  const noted = JSON.parse(readFileSync(head, 'utf8')) as { readonly seq: string }
  writeFileSync(head, JSON.stringify({ ...noted, seq: `${BigInt(noted.seq) + 2n}` }))
  for (const words of [['list'], ['show', 'r']]) {
    const { code, stdout, stderr } = await place.run(words)
    expect([words, code, stdout]).toEqual([words, 0, expect.stringContaining('waiting')])
    expect(stderr).toMatch(/warning: .* is damaged: .* It is open for reading/)
  }
  expect(await place.json(['show', 'r'])).toMatchObject({ ok: true, run: { status: 'waiting' } })
  expect(await place.json(['resume', 'r'])).toMatchObject({ error: { code: 'STATE_DAMAGED' } })
})
