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

const textOf = (end: EntryEnd): string =>
  end.status === 'value' ? end.text : end.status === 'error' ? end.error.code : end.status

const WORDS = {
  lua: {
    tool: (name: string) =>
      `do Tool.define{ name = "${name}", description = "d", execute = function() return "${name}" end } end`,
    call: (name: string) => `Tool.execute("${name}", {}).result`,
    seen: 'seen = ""',
    hear: (name: string) =>
      `do Event.subscribe("lamp.*", function() seen = seen .. "${name}" end) end`,
    tell: 'do Event.publish("lamp.on", {}) Async.sleep(50) end',
    hook: (name: string) =>
      `do Hook.register("custom:lamp", function() seen = seen .. "${name}" end) end`,
    ask: 'do Hook.call("custom:lamp", {}) end',
    heard: 'seen',
    fill: 'big = {} while true do big[#big + 1] = ("x"):rep(1000000) .. #big end',
    marked: (name: string) => name,
  },
  javascript: {
    tool: (name: string) =>
      `await Tool.define({ name: "${name}", description: "d", execute: () => "${name}" }); 0`,
    call: (name: string) => `(await Tool.execute("${name}", {})).result`,
    seen: 'var seen = ""',
    hear: (name: string) => `await Event.subscribe("lamp.*", () => { seen += "${name}" }); 0`,
    tell: 'await Event.publish("lamp.on", {}); await Async.sleep(50); 0',
    hook: (name: string) => `await Hook.register("custom:lamp", () => { seen += "${name}" }); 0`,
    ask: 'await Hook.call("custom:lamp", {}); 0',
    heard: 'seen',
    fill: 'var big = []; for (;;) big.push("x".repeat(1e6) + big.length)',
    marked: (name: string) => `"${name}"`,
  },
} as const

describe.each(['lua', 'javascript'] as const)('what a dropped entry in %s registered', (engine) => {
  const words = WORDS[engine]

  test('ends with it, and the name is free again', async () => {
    await using run = await open(engine)
    await run.evaluate(words.tool('one'))
    await run.evaluate(words.tool('alpha'))
    expect((await run.undo())?.lost).toEqual([])
    await run.evaluate(words.tool('beta'))
    expect(textOf(await run.evaluate(words.call('alpha')))).toBe('TOOL_NOT_FOUND')
    expect(textOf(await run.evaluate(words.call('beta')))).toBe(words.marked('beta'))
    expect(textOf(await run.evaluate(words.call('one')))).toBe(words.marked('one'))
    await run.evaluate(words.tool('alpha'))
    expect(textOf(await run.evaluate(words.call('alpha')))).toBe(words.marked('alpha'))
  })

  test.each([
    ['hear', 'tell'],
    ['hook', 'ask'],
  ] as const)('is not called any more: %s', async (register, call) => {
    await using run = await open(engine)
    for (const text of [words.seen, words[register]('a'), words[register]('b')])
      await run.evaluate(text)
    await run.undo()
    await run.evaluate(words[register]('c'))
    await run.evaluate(words[call])
    expect(textOf(await run.evaluate(words.heard))).toBe(words.marked('ac'))
  })

  test('keeps its number to itself where the engine is lost', async () => {
    await using run = await open(engine, { limits: { memoryBytes: 32 * 1024 * 1024 } })
    await run.evaluate(words.tool('one'))
    const end = await run.evaluate(words.fill)
    expect(end).toMatchObject({ error: { code: 'MEMORY_LIMIT' }, renewal: { lost: [] } })
    await run.evaluate(words.tool('two'))
    expect(textOf(await run.evaluate(words.call('one')))).toBe(words.marked('one'))
    expect(textOf(await run.evaluate(words.call('two')))).toBe(words.marked('two'))
  })
})

test('what an entry has under way is answered once, also where a later one is lost', async () => {
  let told = 0
  const log = (): void => void told++
  await using run = await open('javascript', {
    limits: { memoryBytes: 32 * 1024 * 1024 },
    log,
  })
  const call = 'Tool.execute("calculator", { expression: "6*7" })'
  await run.evaluate(`var p = Async.sleep(50).then(() => ${call}).then((r) => r.result.value); 0`)
  const end = await run.evaluate(`await Async.sleep(300); ${WORDS.javascript.fill}`)
  expect(end).toMatchObject({ error: { code: 'MEMORY_LIMIT' }, renewal: { entries: 1, lost: [] } })
  const calls = (): number => run.journal.filter(({ module }) => module === 'Tool').length
  expect(calls()).toBe(1)
  expect(textOf(await run.evaluate('await p'))).toBe('42')
  expect(calls()).toBe(1)
})
