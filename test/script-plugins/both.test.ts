import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'
import { openScripts, plugin } from './house.ts'

const HEADER = {
  version: '1.2.3',
  config: { type: 'object', properties: { greeting: { type: 'string', default: 'hello' } } },
  contributes: {
    tools: [
      {
        description: 'Counts',
        input: { by: 'integer?' },
        output: { count: 'integer', said: 'string' },
      },
      { name: 'words', description: 'Streams', input: {} },
      { name: 'fails', description: 'Fails', input: { how: 'string' } },
    ],
    hooks: ['tool.input'],
  },
}
const LUA = plugin(
  'lua',
  HEADER,
  `local count = 0
return {
  tools = {
    ours = function(input)
      count = count + (input.by or 1)
      return { count = count, said = Plugin.config.greeting }
    end,
    words = function(_, call)
      call:emit("one ")
      call:emit({ type = "data", data = { 1, 2 } })
      call:progress(1, 2, "half")
      return { success = true, text = "one two", result = 2 }
    end,
    fails = function(input)
      if input.how == "raise" then error("thrown") end
      if input.how == "nested" then return Tool.calculator{ expression = "1/0", }.text end
      return { success = false, error = { code = "NO_LUCK", message = "no luck", hint = "again" } }
    end,
  },
  hooks = {
    ["tool.input"] = function(ctx)
      if ctx.data.tool == "uuid" then return Hook.cancel("no ids here") end
    end,
  },
}`,
)
const JAVASCRIPT = plugin(
  'javascript',
  HEADER,
  `let count = 0
export default {
  tools: {
    ours: ({ by = 1 }) => ({ count: (count += by), said: Plugin.config.greeting }),
    async words(_, call) {
      await call.emit('one ')
      await call.emit({ type: 'data', data: [1, 2] })
      await call.progress(1, 2, 'half')
      return { success: true, text: 'one two', result: 2 }
    },
    async fails({ how }) {
      if (how === 'raise') throw new Error('thrown')
      if (how === 'nested') return (await Tool.calculator({ expression: '1/0' })).text
      return { success: false, error: { code: 'NO_LUCK', message: 'no luck', hint: 'again' } }
    },
  },
  hooks: {
    'tool.input': (ctx) => {
      if (ctx.data.tool === 'uuid') return Hook.cancel('no ids here')
    },
  },
}`,
)
const TYPESCRIPT = JAVASCRIPT.replace('let count = 0', 'let count: number = 0')
const SCRIPT = `
local counted = { Tool.ours{}.result, Tool.ours{ by = 3 }.result }
local chunks = {}
for chunk in Tool.stream("words", {}) do chunks[#chunks + 1] = chunk.type end
local words = Tool.words{}
local ok, raised = pcall(Tool.fails, { how = "raise" })
local judged = Tool.fails{ how = "judge" }
local _, cancelled = pcall(Tool.uuid, {})
local _, input = pcall(Tool.ours, { by = "x" })
return { counted = counted, chunks = chunks, text = words.text, result = words.result,
  raised = { raised.code, raised.where and raised.where.file },
  judged = { judged.success, judged.error.code, judged.error.hint },
  cancelled = cancelled.code, input = input.code, nested = Tool.fails{ how = "nested" }.text }`

describe.each([
  ['ours.lua', LUA, {}],
  ['ours.lua', LUA, { engines: { '.lua': 'fengari' } }],
  ['ours.js', JAVASCRIPT, {}],
  ['ours.mjs', JAVASCRIPT, {}],
  ['ours.ts', TYPESCRIPT, {}],
] as const)('a plugin that is the file %s', (name, text, config) => {
  test(`does in ${JSON.stringify(config)} what it does in every language`, async () => {
    await using house = await openScripts(
      { [name]: text },
      { plugins: { 'script-plugins': config, ours: {} } },
    )
    expect(house.kernel.report().problems).toEqual([])
    const { value } = await house.lua(SCRIPT)
    expect(value).toEqual({
      counted: [
        { count: 1, said: 'hello' },
        { count: 4, said: 'hello' },
      ],
      chunks: ['text', 'data', 'progress', 'finish'],
      text: 'one two',
      result: 2,
      raised: ['SCRIPT_ERROR', expect.stringContaining(name)],
      judged: [false, 'NO_LUCK', 'again'],
      cancelled: 'HOOK_CANCELLED',
      input: 'INPUT_INVALID',
      nested: expect.stringContaining('zero'),
    })
  })
})

test('a list of tools runs no code of a script plugin', async () => {
  await using house = await openScripts({ 'ours.lua': LUA })
  const tools = await house.kernel.use('tools')
  expect(tools.describe('ours')).toMatchObject({
    source: 'ours',
    version: '1.2.3',
    category: 'script',
    effect: 'unsafe',
    streams: true,
    input: { properties: { by: { type: 'integer' } }, additionalProperties: false },
  })
  const rows = house.kernel.list()
  const row = (id: string) => rows.find((one) => one.id === id)
  expect(row('ours')).toMatchObject({ state: 'resolved', host: 'script', version: '1.2.3' })
  expect(row('script-plugins')?.state).toBe('resolved')
  expect(row('engine-lua')?.state).toBe('resolved')
})

test('the examples do what they say', async () => {
  const examples = ['dice.lua', 'haiku.js'].map((name) => join(ROOT, 'examples/plugins', name))
  await using house = await openScripts({}, {}, examples)
  const { value } = await house.lua(`
    local dice = Tool.dice{ count = 3, sides = 4 }.result
    local _, large = pcall(Tool.dice, { sides = 5000 })
    return { #dice.rolls, dice.sum >= 3 and dice.sum <= 12, large.message, Tool.haiku{ season = "winter" }.text }`)
  expect(value).toEqual([
    3,
    true,
    expect.stringContaining('a die has at most 1000 sides'),
    expect.stringMatching(/^snow on the doorbell\n.*\n.*\n\(a machine wrote this\)$/),
  ])
})
