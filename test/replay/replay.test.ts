import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import type { ServerReply } from '../support/openai-server.ts'
import { play, replayHouse, Shelf } from './play.ts'

const LUA = `
local function show(stream)
  for chunk in stream do
    if chunk.type ~= "finish" and chunk.type ~= "step" then print(JSON.stringify(chunk)) end
  end
end
local poet = Agent.create{ model = "openai/gpt-4o-mini", temperature = 0 }
show(poet:stream("words"))
local ok, failure = pcall(poet.execute, poet, "busy")
print(ok, failure.code, failure.message, JSON.stringify(failure.details))
local clerk = Agent.create{ model = "openai/gpt-4o-mini", tools = { "calculator" } }
local sum = clerk:execute("sum")
print(sum.text, JSON.stringify(sum.tool_calls[1].result), sum.metadata.cost)
show(clerk:stream("sum"))
`
const JS = `
const show = async (stream) => {
  for await (const chunk of stream)
    if (!['finish', 'step'].includes(chunk.type)) print(JSON.stringify(chunk))
}
const poet = await Agent.create({ model: 'openai/gpt-4o-mini', temperature: 0 })
await show(poet.stream('words'))
try { await poet.execute('busy') }
catch (failure) { print(failure.code, failure.message, JSON.stringify(failure.details)) }
const clerk = await Agent.create({ model: 'openai/gpt-4o-mini', tools: ['calculator'] })
const sum = await clerk.execute('sum')
print(sum.text, JSON.stringify(sum.toolCalls[0].result), sum.metadata.cost)
const texts = await Promise.all(['one', 'two', 'three'].map(async (text) => {
  const agent = await Agent.create({ model: 'openai/gpt-4o-mini' })
  return [(await agent.execute(text)).text, (await agent.execute('and then?')).text]
}))
print(JSON.stringify(texts))
`
const SCRIPTS = { lua: LUA, js: JS }

function reply(
  _: number,
  body: Readonly<Record<string, unknown>>,
): ServerReply | Promise<ServerReply> {
  const said = JSON.stringify(body)
  const after = async (ms: number, text: string): Promise<ServerReply> => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    return { text }
  }
  if (said.includes('busy'))
    return { status: 429, headers: { 'retry-after-ms': '7', 'x-request-id': 'req_1' } }
  if (said.includes('"sum"') && !said.includes('call_1'))
    return { toolCalls: [{ name: 'calculator', arguments: { expression: '2^5' } }] }
  if (said.includes('"sum"')) return { text: 'It is 32.', usage: { input: 1000, output: 9 } }
  if (said.includes('"words"')) return { text: ['Wör', 'ds ', 'come', ' – slow\n'] }
  if (said.includes('one')) return after(30, 'the last to come')
  if (said.includes('two')) return after(10, 'the second')
  return { text: 'All at once.' }
}

let server: OpenAIServer
let live: House
let bare: House
beforeAll(async () => {
  // No chunk ends like its beginning: where one does, a run shows the next letters with the next chunk.
  process.env['REPLAY_TEST_KEY'] = '%1234-key-of-the-replay-test'
  server = await OpenAIServer.start(reply)
  live = await replayHouse(server.baseUrl)
  bare = await replayHouse(undefined)
})
afterAll(async () => {
  delete process.env['REPLAY_TEST_KEY']
  await live.kernel.stop()
  await bare.kernel.stop()
  await server.close()
})

describe.each(Object.entries(SCRIPTS))('a script in %s', (ending, source) => {
  const script = { source, file: `talk.${ending}` }

  test('shows the same from a cassette, without key, server or plugin', async () => {
    using shelf = new Shelf()
    const file = shelf.at('talk.json')
    server.reset(reply)
    const recorded = await play(live, { file, mode: 'record' }, script)
    expect(recorded).toMatchObject({ report: { written: true, missed: [] } })
    expect(recorded.failure).toBeUndefined()
    expect(recorded.output).toContain('It is 32.')
    const asked = server.requests.length
    const key = process.env['REPLAY_TEST_KEY']!
    delete process.env['REPLAY_TEST_KEY']
    const replayed = await play(live, { file, mode: 'replay' }, script)
    const elsewhere = await play(bare, { file, mode: 'replay' }, script)
    process.env['REPLAY_TEST_KEY'] = key
    for (const again of [replayed, elsewhere]) {
      expect(again.output).toBe(recorded.output)
      expect(again.usage).toEqual(recorded.usage)
      expect(again.report).toMatchObject({ recorded: 0, replayed: asked, unused: [], missed: [] })
    }
    expect(recorded.usage!.cost).toBeGreaterThan(0)
    expect(server.requests).toHaveLength(asked)
  })

  test('gives the same file when it is recorded again', async () => {
    using shelf = new Shelf()
    const files = ['a.json', 'b.json']
    for (const name of files) {
      // What is kept of a server across runs, such as how often it was asked again, is that of a house.
      await using house = await replayHouse(server.baseUrl)
      await play(house, { file: shelf.at(name), mode: 'record' }, script)
    }
    expect(shelf.read('b.json')).toBe(shelf.read('a.json'))
    expect(shelf.read('a.json')).not.toMatch(/%1234|127\.0\.0\.1|authorization/i)
  })
})

const one = (text: string): { source: string; file: string } => ({
  source: `print(Agent.create{ model = "openai/gpt-4o-mini" }:execute(${JSON.stringify(text)}).text)`,
  file: 'one.lua',
})

describe('what differs', () => {
  test('is shown beside the nearest request', async () => {
    using shelf = new Shelf()
    const file = shelf.at('one.json')
    await play(live, { file, mode: 'record' }, one('Count the lamps.\\nAll of them.'))
    const { failure, report } = await play(
      live,
      { file, mode: 'replay' },
      one('Count the lamps.\\nSome of them.'),
    )
    expect(failure).toMatchObject({
      code: 'REPLAY_MISMATCH',
      details: { cassette: 'one.json', index: 0 },
    })
    expect(failure!.message).toContain('--- recorded: interactions[0]\n+++ asked\n@@')
    expect(failure!.message).toMatch(/^-.*All of them\./m)
    expect(failure!.message).toMatch(/^\+.*Some of them\./m)
    expect(report).toMatchObject({
      unused: [expect.stringContaining('Count the lamps')],
      missed: [failure!.message],
    })
  })

  test('is said where the same is asked once too often, or nothing was recorded', async () => {
    using shelf = new Shelf()
    const file = shelf.at('one.json')
    await play(live, { file, mode: 'record' }, one('Hello'))
    const twice = { ...one(''), source: `${one('Hello').source}\n${one('Hello').source}` }
    const { failure } = await play(live, { file, mode: 'replay' }, twice)
    expect(failure!.message).toContain('asked more often than recorded')
    writeFileSync(file, '{"cassette":1,"models":{},"interactions":[]}')
    const none = await play(live, { file, mode: 'replay' }, one('Hello'))
    expect(none.failure!.message).toContain('nothing else is in it')
  })

  test('is not looked at where a pattern makes it steady', async () => {
    using shelf = new Shelf()
    const volatile = [{ pattern: String.raw`\d{4}-\d\d-\d\d`, as: '<date>' }]
    await using house = await replayHouse(server.baseUrl, { volatile })
    const file = shelf.at('day.json')
    await play(house, { file, mode: 'record' }, one('Today is 2026-01-02.'))
    expect(shelf.read('day.json')).toContain('Today is <date>.')
    const { failure } = await play(house, { file, mode: 'replay' }, one('Today is 2031-07-08.'))
    expect(failure).toBeUndefined()
  })

  test('is asked and added in auto mode', async () => {
    using shelf = new Shelf()
    const file = shelf.at('auto.json')
    await play(live, { file, mode: 'auto' }, one('whole'))
    const before = server.requests.length
    const both = { ...one(''), source: `${one('whole').source}\n${one('more').source}` }
    expect(await play(live, { file, mode: 'auto' }, both)).toMatchObject({
      report: { recorded: 1, replayed: 1, written: true },
    })
    expect(server.requests).toHaveLength(before + 1)
    const replayed = await play(bare, { file, mode: 'replay' }, both)
    expect(replayed).toMatchObject({ report: { replayed: 2, unused: [] } })
    expect(replayed.failure).toBeUndefined()
  })
})

describe('a cassette', () => {
  test('that is torn or missing is named', async () => {
    using shelf = new Shelf()
    const file = shelf.at('torn.json')
    await play(live, { file, mode: 'record' }, one('whole'))
    const whole = shelf.read('torn.json')
    const recorder = await live.kernel.use('recorder')
    for (const text of [
      whole.slice(0, -20),
      '',
      '[]',
      whole.replace('"cassette": 1', '"cassette": 2'),
    ]) {
      writeFileSync(file, text)
      await expect(recorder.open({ file, mode: 'replay' })).rejects.toMatchObject({
        code: 'CASSETTE_INVALID',
        message: expect.stringContaining("'torn.json'"),
      })
    }
    await expect(
      recorder.open({ file: shelf.at('no.json'), mode: 'replay' }),
    ).rejects.toMatchObject({
      code: 'CASSETTE_NOT_FOUND',
    })
  })

  test('that cannot be written is told before anything is asked', async () => {
    using shelf = new Shelf()
    writeFileSync(shelf.at('file'), 'no folder')
    const before = server.requests.length
    const played = play(live, { file: shelf.at('file/one.json'), mode: 'record' }, one('whole'))
    await expect(played).rejects.toMatchObject({ code: 'CASSETTE_UNWRITABLE' })
    expect(server.requests).toHaveLength(before)
    expect(readdirSync(shelf.path)).toEqual(['file'])
  })

  test('that is closed answers no more, and nothing is asked', async () => {
    using shelf = new Shelf()
    const tape = await (
      await live.kernel.use('recorder')
    ).open({ file: shelf.at('x.json'), mode: 'record' })
    await tape.close()
    const before = server.requests.length
    const run = live.runtime.run({ ...one('whole'), settings: { tape: tape.id } })
    await expect(run).rejects.toMatchObject({ code: 'CASSETTE_INVALID' })
    const unknown = live.runtime.run({ ...one('whole'), settings: { tape: 'tape_999' } })
    await expect(unknown).rejects.toMatchObject({ code: 'CASSETTE_INVALID' })
    expect(server.requests).toHaveLength(before)
  })

  test('of the configuration is used by every run', async () => {
    using shelf = new Shelf()
    const cassette = shelf.at('all.json')
    const recording = await replayHouse(server.baseUrl, { cassette, mode: 'record' })
    const { output } = await recording.lua(one('whole').source)
    await recording.kernel.stop()
    await using replaying = await replayHouse(undefined, { cassette })
    expect((await replaying.lua(one('whole').source)).output).toBe(output)
    await using missing = await replayHouse(server.baseUrl, { cassette: shelf.at('no.json') })
    await expect(missing.lua(one('whole').source)).rejects.toMatchObject({
      code: 'CASSETTE_NOT_FOUND',
    })
  })
})

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('a picture is in the cassette by its hash, and beside it as it is', async () => {
  using shelf = new Shelf()
  writeFileSync(shelf.at('dot.png'), PNG)
  const script = {
    source: `
      local agent = Agent.create{ model = "openai/gpt-4o-mini" }
      print(agent:execute{ text = "What is it?", media = { Media.file("dot.png") } }.text)`,
    file: 'picture.lua',
    root: shelf.path,
    allow: { read: ['.'] },
  }
  const file = shelf.at('picture.json')
  const recorded = await play(live, { file, mode: 'record' }, script)
  expect(recorded.failure).toBeUndefined()
  const [name] = readdirSync(shelf.at('picture.media'))
  expect(name).toMatch(/^[0-9a-f]{64}\.png$/)
  expect(readFileSync(join(shelf.at('picture.media'), name!))).toEqual(PNG)
  expect(shelf.read('picture.json')).toContain(`"bytes": ${PNG.byteLength}`)
  expect(shelf.read('picture.json')).not.toContain('iVBOR')
  const replayed = await play(bare, { file, mode: 'replay' }, script)
  expect(replayed).toMatchObject({ output: recorded.output, report: { unused: [] } })
  writeFileSync(shelf.at('dot.png'), Buffer.concat([PNG, PNG]))
  const { failure } = await play(bare, { file, mode: 'replay' }, script)
  expect(failure!.message).toMatch(/^-.*"sha256"/m)
  await play(live, { file, mode: 'record' }, one('whole'))
  expect(existsSync(shelf.at('picture.media'))).toBe(false)
})
