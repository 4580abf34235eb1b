import type { EntryEnd, InteractiveRun, RunOptions } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL, openHouse, type House } from '../support/kernel.ts'

let house: House
beforeAll(async () => {
  house = await openHouse([...ALL, 'engine-javascript'])
})
afterAll(() => house.kernel.stop())

const open = (engine: string, options: RunOptions = {}): Promise<InteractiveRun> =>
  house.runtime.interactive({ engine, settings: { model: 'mock/demo' }, ...options })

const textOf = (end: EntryEnd): string => (end.status === 'value' ? end.text : end.status)

const WORDS = {
  lua: {
    keep: ['local a, b = 40', 'local function add(x)\n  return x + 2\nend', 'add(a)'],
    agent: ['local agent = Agent.create{}', '#agent:execute("hi").text > 0'],
    open: 'for i = 1, 2 do',
    forever: 'print("begun") while true do end',
    loop: 'while true do end',
    wait: 'print("begun") Async.sleep(600000)',
    count: 'n = (n or 0) + 1',
    shown: 'n',
    tool: 'Tool.define{ name = "step", description = "d", execute = function() n = n + 10 return n end }',
    call: 'Tool.execute("step", {}).result',
    random: 'r = math.random()',
    seen: 'r',
    stream: 'for c in Agent.create{}:stream("hi") do text = (text or "") .. c.text end',
    text: '#text > 0',
    flood: 'while true do print(("x"):rep(1000)) end',
    race: 'local got = Async.race{ function() Async.sleep(200) return "late" end, function() Async.sleep(1) return "early" end }',
    raced: 'got',
  },
  javascript: {
    keep: ['const a = 40, b = null', 'function add(x) {\n  return x + 2\n}', 'add(a)'],
    agent: ['let agent = await Agent.create({})', '(await agent.execute("hi")).text.length > 0'],
    open: 'for (const i of [1, 2]) {',
    forever: 'print("begun"); while (true) {}',
    loop: 'while (true) {}',
    wait: 'print("begun"); await Async.sleep(600000)',
    count: 'var n = (globalThis.n ?? 0) + 1',
    shown: 'n',
    tool: 'await Tool.define({ name: "step", description: "d", execute: () => { n += 10; return n } }); 0',
    call: '(await Tool.execute("step", {})).result',
    random: 'var r = Math.random()',
    seen: 'r',
    stream:
      'let text = ""; for await (const c of (await Agent.create({})).stream("hi")) text += c.text',
    text: 'text.length > 0',
    flood: 'for (;;) print("x".repeat(1000))',
    race: 'const got = await Promise.race([Async.sleep(200).then(() => "late"), Async.sleep(1).then(() => "early")])',
    raced: 'got',
  },
} as const

describe.each(['lua', 'javascript'] as const)('entries in %s', (engine) => {
  const words = WORDS[engine]

  test('keep what they define, agents too', async () => {
    await using run = await open(engine)
    for (const text of words.keep.slice(0, -1))
      expect(await run.evaluate(text)).toMatchObject({ status: 'value' })
    expect(textOf(await run.evaluate(words.keep.at(-1)!))).toBe('42')
    await run.evaluate(words.agent[0])
    expect(textOf(await run.evaluate(words.agent[1]))).toBe('true')
    expect(await run.evaluate(words.open)).toEqual({ status: 'incomplete' })
    expect(run.calls).toBeGreaterThan(1)
  })

  test('are stopped in a call, and the session goes on as it was', async () => {
    const stop = new AbortController()
    await using run = await open(engine, { write: () => stop.abort() })
    await run.evaluate(words.count)
    const end = await run.evaluate(words.wait, { signal: stop.signal })
    expect(end).toMatchObject({ status: 'error', error: { code: 'CANCELLED' } })
    expect(end).not.toHaveProperty('renewal')
    expect(textOf(await run.evaluate(words.shown))).toBe('1')
  })

  test('are stopped in an endless loop, and all entries before are there again without a call', async () => {
    const stop = new AbortController()
    const write = () => stop.abort()
    await using run = await open(engine, { write })
    for (const text of [words.count, words.tool, words.call, words.random, words.stream])
      expect(await run.evaluate(text)).toMatchObject({ status: 'value' })
    const before = [run.calls, textOf(await run.evaluate(words.seen))]
    const end = await run.evaluate(words.forever, { signal: stop.signal })
    expect(end).toMatchObject({
      status: 'error',
      error: { code: 'CANCELLED' },
      renewal: { entries: 6, lost: [] },
    })
    expect([run.calls, textOf(await run.evaluate(words.seen))]).toEqual(before)
    expect(textOf(await run.evaluate(words.shown))).toBe('11')
    expect(textOf(await run.evaluate(words.text))).toBe('true')
    expect(textOf(await run.evaluate(words.call))).toBe('21')
  })

  test('are taken back, with what their callbacks did', async () => {
    await using run = await open(engine)
    for (const text of [words.count, words.tool, words.race]) await run.evaluate(text)
    const won = textOf(await run.evaluate(words.raced))
    await run.evaluate(words.call)
    expect(textOf(await run.evaluate(words.shown))).toBe('11')
    await run.undo()
    expect(await run.undo()).toMatchObject({ text: words.call, stays: ['Tool.execute'], lost: [] })
    expect(textOf(await run.evaluate(words.shown))).toBe('1')
    expect(textOf(await run.evaluate(words.raced))).toBe(won)
  })

  test('have a time of their own', async () => {
    await using run = await open(engine, { limits: { timeMs: 400 } })
    await run.evaluate(words.count)
    const end = await run.evaluate(words.loop)
    expect(end).toMatchObject({ error: { code: 'TIMEOUT' }, renewal: { entries: 1 } })
    expect(textOf(await run.evaluate(words.shown))).toBe('1')
  })

  test('that print without end end alone', async () => {
    await using run = await open(engine, { limits: { outputBytes: 10_000 }, write: () => {} })
    await run.evaluate(words.count)
    const end = await run.evaluate(words.flood)
    expect(end).toMatchObject({ status: 'error', error: { code: 'OUTPUT_LIMIT' } })
    expect(textOf(await run.evaluate(words.shown))).toBe('1')
  })
})

test('a call that is under way while another entry is taken back still ends', async () => {
  await using run = await open('javascript')
  await run.evaluate('const waited = Async.sleep(300).then(() => "there"); 0')
  await run.evaluate('let x = 1')
  expect(await run.undo()).toMatchObject({ text: 'let x = 1', lost: [] })
  expect(textOf(await run.evaluate('await waited'))).toBe('"there"')
})

test('nothing is left to be taken back at last, and a closed run takes no entry', async () => {
  const run = await open('lua')
  await run.evaluate('x = 1')
  expect(await run.undo()).toMatchObject({ text: 'x = 1', entries: 0 })
  expect(await run.undo()).toBeUndefined()
  await run.close()
  await expect(run.evaluate('x')).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('names are completed from what there is', async () => {
  await using run = await open('lua')
  await run.evaluate('local agent = Agent.create{}')
  expect(await run.complete('print(agent:exec')).toEqual(['agent:execute'])
  expect(await run.complete('Agent.cr')).toEqual(['Agent.create'])
})
