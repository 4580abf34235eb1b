import { describe, expect, test } from 'vitest'
import { Place } from './runs.ts'
import { HAS_TERMINAL } from './terminal.ts'

const FILES = {
  'ask.lua': `
print("before")
local answer = Run.ask("Send it?", { choices = { "yes", "no" } })
print("answer", answer)
return answer
`,
  'ask.js': `
print('before')
const answer = await Run.ask('Send it?', { choices: ['yes', 'no'] })
print('answer', answer)
return answer
`,
  'approve.lua': 'local given = Run.wait_for("approve")\nreturn given.by',
  'number.lua': 'return Run.ask("How many?", { schema = { type = "integer" } }) + 1',
  'form.lua': 'return Run.wait_for("form", { schema = { by = "string", n = "integer" } }).n',
  'sleep.lua': 'Run.sleep("2h")\nreturn "awake"',
  'nap.lua': 'Run.sleep("1500ms")\nreturn "awake"',
  'unsafe.lua': `
print("begins")
return Tool.command{ program = "sleep", args = { "3" } }.success
`,
  'model.lua': `
Run.checkpoint("start")
local first = Tool.calculator{ expression = "6 * 7" }.text
Run.checkpoint("half")
local answer = Agent.create{}:execute("Say what you are")
return { first = first, model = answer.metadata.model }
`,
}

describe.each(['ask.lua', 'ask.js'])('%s', (file) => {
  test('through a pipe a question leaves the run, and the answer lets it go on', async () => {
    using place = new Place(FILES)
    const left = await place.run([file, '--durable', '--run-id=r'])
    expect(left).toMatchObject({ code: 75, stdout: 'before\n' })
    expect(left.stderr).toContain("error[RUN_WAITING]: Run 'r' waits for an answer to 'Send it?'")
    expect(left.stderr).toContain('hint: Go on with: llmspell run answer r VALUE')
    expect((await place.run(['list', '--status', 'waiting'])).stdout).toContain("'Send it?'")
    expect(await place.json(['answer', 'r', 'perhaps'])).toMatchObject({
      error: { code: 'INPUT_INVALID', hint: expect.stringContaining('yes, no') },
    })
    expect((await place.run(['answer', 'r', 'yes'])).stdout).toContain('llmspell run resume r')
    expect(await place.run(['resume', 'r'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('answer\tyes\nyes\n'),
    })
    expect(await place.json(['answer', 'r', 'no'])).toMatchObject({
      error: { code: 'RUN_NOT_ASKING' },
    })
  })
})

test('an answer has the type that the question wants, and so has a signal', async () => {
  using place = new Place(FILES)
  await place.run(['number.lua', '--durable', '--run-id=n'])
  const page = await place.run(['show', 'n'])
  expect(page.stdout).toMatch(/Wants +integer, as JSON\n.*llmspell run answer n 1\n/s)
  expect(await place.json(['answer', 'n', 'many'])).toMatchObject({ ok: false })
  expect(await place.run(['answer', 'n', '41'])).toMatchObject({ code: 0 })
  expect(await place.json(['resume', 'n'])).toMatchObject({ ok: true, result: 42 })
  await place.run(['form.lua', '--durable', '--run-id=f'])
  const form = `llmspell run signal f form '{"by":"text","n":1}'`
  expect((await place.run(['show', 'f'])).stdout).toContain(form)
})

test('a signal that nothing waits for is kept, and a slip is told', async () => {
  using place = new Place(FILES)
  await place.run(['approve.lua', '--durable', '--run-id=r'])
  const slip = await place.run(['signal', 'r', 'aprove', '1'])
  expect(slip).toMatchObject({ code: 0, stdout: expect.stringContaining('is kept for later') })
  expect(slip.stdout).toContain("Did you mean 'approve'?")
  expect((await place.run(['signal', 'r', 'zzz'])).stdout).toContain("waits for signal 'approve'")
})

describe.skipIf(!HAS_TERMINAL)('on a terminal', () => {
  test('a question says what type it wants', async () => {
    using place = new Place(FILES)
    const { code, stdout } = await place.onTerminal(['number.lua'], [['as JSON): ', '41\r']])
    expect({ code, end: stdout.trimEnd().split(/\r?\n/).at(-1) }).toEqual({ code: 0, end: '42' })
  })

  test('a question has its choices, and a slip asks again', async () => {
    using place = new Place(FILES)
    const type = [
      ['answer: ', 'perhaps\r'],
      ['answer: ', '2\r'],
    ] as const
    const { code, stdout } = await place.onTerminal(['ask.lua', '--durable', '--run-id=r'], type)
    expect(stdout).toContain('Send it?')
    expect(stdout).toContain('a number from 1 to 2')
    expect({ code, end: stdout.trimEnd().split(/\r?\n/).at(-1) }).toEqual({ code: 0, end: 'no' })
  })

  test('a question of a plain run is asked too', async () => {
    using place = new Place(FILES)
    const { code, stdout } = await place.onTerminal(['ask.lua'], [['answer: ', 'y\r']])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('answer\tyes'),
    })
  })

  test('the end of input leaves the run', async () => {
    using place = new Place(FILES)
    const { code, stdout } = await place.onTerminal(
      ['ask.lua', '--durable', '--run-id=r'],
      [['answer: ', '\u0004']],
    )
    expect({ code, stdout }).toMatchObject({
      code: 75,
      stdout: expect.stringContaining('run answer r'),
    })
  })

  test('Ctrl-C leaves the run', async () => {
    using place = new Place(FILES)
    const { code, stdout } = await place.onTerminal(
      ['sleep.lua', '--durable', '--run-id=r'],
      [['run resume r', '\u0003']],
    )
    expect({ code, stdout }).toMatchObject({
      code: 130,
      stdout: expect.stringContaining('stays in its journal'),
    })
  })

  test('a signal can be given by hand', async () => {
    using place = new Place(FILES)
    const { code, stdout } = await place.onTerminal(
      ['approve.lua', '--durable', '--run-id=r'],
      [['answer: ', '{"by":"me"}\r']],
    )
    expect({ code, end: stdout.trimEnd().split(/\r?\n/).at(-1) }).toEqual({ code: 0, end: 'me' })
  })

  test('a step that may have happened is put to the person', async () => {
    using place = new Place(FILES)
    await killedInside(place)
    const { code, stdout } = await place.onTerminal(
      ['resume', 'r'],
      [['[l] ', 'f the disk was full\r']],
    )
    expect(stdout).toContain('May have happened: command')
    expect(stdout).toContain('the disk was full')
    expect(code).not.toBe(0)
  })

  test('several steps that may have happened are asked about one after the other', async () => {
    using place = new Place({
      'three.lua': `
local flow = Workflow.create{ name = "three", type = "parallel", steps = {
  { name = "a", tool = "command", input = { program = "sleep", args = { "4" } } },
  { name = "b", tool = "command", input = { program = "sleep", args = { "4" } } },
  { name = "c", tool = "command", input = { program = "sleep", args = { "4" } } },
} }
print("begins")
return flow:execute{}.success`,
    })
    await killedInside(place, 'three.lua')
    const { code, stdout } = await place.onTerminal(
      ['resume', 'r'],
      Array.from({ length: 3 }, () => ['[l] ', 's\r'] as const),
    )
    expect(stdout.split('May have happened').length).toBe(4)
    expect(code).toBe(0)
    expect(await place.json(['show', 'r'])).toMatchObject({ run: { status: 'succeeded' } })
  })

  test('the steps of a workflow stand below the line', async () => {
    using place = new Place({
      'flow.lua': `
local flow = Workflow.create{ name = "two", type = "parallel", steps = {
  { name = "left", run = function() Run.sleep("700ms") return 1 end },
  { name = "right", run = function() Run.sleep("700ms") return 2 end },
} }
flow:execute{}
return "end"`,
    })
    const { code, stdout } = await place.onTerminal(['flow.lua'])
    expect({ code, stdout }).toMatchObject({ code: 0 })
    for (const text of ["workflow 'two'", 'left', 'right', 'Ctrl-C stops'])
      expect(stdout).toContain(text)
    const piped = await place.run(['flow.lua'])
    expect(piped).toMatchObject({ code: 0, stdout: 'end\n' })
    expect(piped.stderr).toMatch(/✓ .*left.*\n.*✓ .*right/)
  })
})

test('a signal may come before anybody waits, and once', async () => {
  using place = new Place(FILES)
  const left = await place.run(['approve.lua', '--durable', '--run-id=r'])
  expect(left).toMatchObject({ code: 75, stderr: expect.stringContaining('run signal r approve') })
  const send = ['signal', 'r', 'approve', '{"by":"me"}', '--signal-id=one']
  expect(await place.json(send)).toMatchObject({ ok: true, signal: 'accepted' })
  expect(await place.json(send)).toMatchObject({ ok: true, signal: 'duplicate' })
  expect(await place.run(['resume', 'r'])).toMatchObject({ code: 0, stdout: 'me\n' })
  expect(await place.json(send)).toMatchObject({ error: { code: 'RUN_ENDED' } })
})

test('a long sleep is left at once, with its end; a short one is waited for', async () => {
  using place = new Place(FILES)
  const left = await place.run(['sleep.lua', '--durable', '--run-id=long'])
  expect(left).toMatchObject({ code: 75, stderr: expect.stringMatching(/until \d{4}-\d\d-\d\d/) })
  expect(await place.run(['nap.lua', '--durable', '--run-id=nap'])).toMatchObject({ code: 0 })
  expect(await place.run(['nap.lua', '--durable', '--run-id=n2', '--wait=0'])).toMatchObject({
    code: 75,
  })
  expect((await place.json(['list', '--status', 'waiting'])).runs).toHaveLength(2)
  await new Promise((resolve) => setTimeout(resolve, 1600))
  const all = await place.run(['resume', '--all'])
  expect(all).toMatchObject({ code: 0, stdout: 'awake\n' })
  expect((await place.json(['list', '--status', 'waiting'])).runs).toHaveLength(1)
})

test('a run whose signal has come is due, and a wrong signal is refused', async () => {
  using place = new Place({
    'number.lua': 'return Run.wait_for("n", { schema = { n = "number" } }).n',
  })
  for (const id of ['has', 'has-not'])
    await place.run(['number.lua', '--durable', `--run-id=${id}`])
  expect(await place.json(['signal', 'has', 'n', '{"n":"x"}'])).toMatchObject({
    error: { code: 'SIGNAL_INVALID' },
  })
  expect(await place.json(['signal', 'has', 'n', '{"n":7}'])).toMatchObject({ ok: true })
  expect((await place.run(['show', 'has'])).stdout).toContain("signal 'n', which has come")
  expect(await place.run(['resume', '--all'])).toMatchObject({ code: 0, stdout: '7\n' })
  expect((await place.json(['list', '--status', 'waiting'])).runs).toHaveLength(1)
})

test('the text that a run was resumed with stays its text', async () => {
  using place = new Place({
    'old.lua': 'Run.wait_for("a") Run.wait_for("b") return "old"',
    'new.lua': 'Run.wait_for("a") Run.wait_for("b") return "new"',
  })
  await place.run(['old.lua', '--durable', '--run-id=r'])
  await place.run(['signal', 'r', 'a'])
  expect(await place.run(['resume', 'r', '--script', 'new.lua'])).toMatchObject({ code: 75 })
  await place.run(['signal', 'r', 'b'])
  expect(await place.run(['resume', 'r'])).toMatchObject({ code: 0, stdout: 'new\n' })
})

test('a step of a workflow has a line with what it took, and an event', async () => {
  using place = new Place({
    'flow.lua': `
local flow = Workflow.create{ name = "one", type = "sequential", steps = {
  { name = "ask", agent = Agent.create{ system_prompt = "Be short." }, input = "Say what you are" },
  { name = "bad", tool = "calculator", input = { expression = "1/" } },
}, error_strategy = "continue" }
flow:execute{}`,
  })
  const { stderr } = await place.run(['flow.lua', '--model=mock/demo'])
  expect(stderr).toMatch(/^1\/2 ✓ ask {2}.* {2}\d+ tokens$/m)
  expect(stderr).toMatch(/^2\/2 ✗ bad {2}.* {2}CALC_SYNTAX$/m)
  expect((await place.run(['flow.lua', '--model=mock/demo', '--quiet'])).stderr).toBe('')
  const { stdout } = await place.run(['flow.lua', '--model=mock/demo', '--events'])
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(events).toContainEqual(
    expect.objectContaining({ event: 'progress', step: 'ask', state: 'done' }),
  )
  expect(events.at(-1)).toMatchObject({ ok: expect.any(Boolean), output: '' })
})

/** Kills a run while a program of it is at work. */
async function killedInside(place: Place, file = 'unsafe.lua'): Promise<void> {
  const words = [file, '--durable', '--run-id=r', '--allow-run=sleep', '--allow-unjailed=sleep']
  await place.run(words, {
    meet: (child) => child.stdout!.once('data', () => setTimeout(() => child.kill('SIGKILL'), 900)),
  })
}

test('a step that may have happened stops the run until somebody decides', async () => {
  using place = new Place(FILES)
  await killedInside(place)
  const stopped = await place.json(['resume', 'r'])
  expect(stopped).toMatchObject({ ok: false, error: { code: 'RESUME_UNCERTAIN' } })
  const { path, hint } = { ...stopped.error, ...stopped.error.details }
  expect(hint).toMatch(/^See what is known with: llmspell run show r; then decide with: /)
  expect(hint).not.toContain('=retry')
  expect(await place.json(['resume', 'r', '--decide', `${path}9=skip`])).toMatchObject({
    error: { code: 'INPUT_INVALID', hint: expect.stringContaining(path) },
  })
  expect((await place.run(['list'])).stdout).toContain('needs-attention')
  expect((await place.run(['show', 'r'])).stdout).toContain('--decide')
  const skipped = await place.json(['resume', 'r', '--decide', `${path}=failed:never sent`])
  expect(JSON.stringify(skipped)).toContain('never sent')
})

test.each([
  ['skip', 'succeeded'],
  ['retry', 'succeeded'],
  ['fail', 'failed'],
])('--on-unknown=%s decides beforehand', async (word, status) => {
  using place = new Place(FILES)
  await killedInside(place)
  await place.run(['resume', 'r', `--on-unknown=${word}`])
  expect(await place.json(['show', 'r'])).toMatchObject({ run: { status } })
})

test('a fork goes on from a mark with another model, and the two can be compared', async () => {
  using place = new Place(FILES)
  expect(
    await place.json(['model.lua', '--durable', '--run-id=a', '--model=mock/demo']),
  ).toMatchObject({
    ok: true,
    result: { first: '42', model: 'mock/demo' },
  })
  const forked = await place.json(['fork', 'a', '--at=half', '--model=mock/echo', '--run-id=b'])
  expect(forked).toMatchObject({
    ok: true,
    run_id: 'b',
    result: { first: '42', model: 'mock/echo' },
  })
  expect(await place.json(['show', 'b'])).toMatchObject({ run: { forked_from: { run_id: 'a' } } })
  const diff = await place.run(['diff', 'a', 'b'])
  expect(diff).toMatchObject({ code: 1, stdout: expect.stringContaining('Alike in ') })
  expect(await place.run(['fork', 'a', '--at=nowhere'])).toMatchObject({ code: 2 })
  expect((await place.json(['list'])).runs).toHaveLength(2)
})

test('a cancelled run ends; prune lets it go, and only when told to', async () => {
  using place = new Place(FILES)
  await place.run(['approve.lua', '--durable', '--run-id=gone'])
  await place.run(['approve.lua', '--durable', '--run-id=stays'])
  expect(await place.run(['cancel', 'gone', '--reason', 'not needed'])).toMatchObject({ code: 0 })
  expect(await place.json(['show', 'gone'])).toMatchObject({ run: { status: 'cancelled' } })
  const dry = await place.run(['prune', '--older-than=0'])
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was removed') })
  expect(dry.stdout).toContain('Kept: 1 run that did not end.')
  const young = await place.run(['prune'])
  expect(young.stdout).toContain('1 run that ended less than 30d ago')
  expect(await place.json(['prune', '--older-than=0', '--yes'])).toMatchObject({
    removed: 1,
    kept: { unfinished: ['stays'], recent: [] },
  })
  expect((await place.json(['list'])).runs).toMatchObject([{ run_id: 'stays' }])
})
