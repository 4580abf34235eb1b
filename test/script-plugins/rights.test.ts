import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openScripts, plugin } from './house.ts'

const READS = { description: 'Reads', input: { path: 'string' } }
const LUA = (header: object, code: string) => ({ 'ours.lua': plugin('lua', header, code) })

describe.each([
  [
    'lua',
    'return { tools = { peek = function(i) return Tool.file_read{ path = i.path }.text end } }',
  ],
  [
    'javascript',
    'export default { tools: { peek: async ({ path }) => (await Tool.fileRead({ path })).text } }',
  ],
] as const)('a tool of a script plugin in %s', (language, code) => {
  test.each([
    [['*'], ['.'], 'words'],
    [['*'], [], 'nothing on the command line grants it'],
    [[], ['.'], 'plugin peek does not hold that permission'],
  ])('with the permission %j under the grant %j', async (permission, granted, expected) => {
    const permissions = permission.length > 0 ? { read: ['/'] } : {}
    const header = { permissions, contributes: { tools: [READS] } }
    const name = language === 'lua' ? 'peek.lua' : 'peek.js'
    await using house = await openScripts({ [name]: plugin(language, header, code) })
    const path = join(house.folder, 'a.txt')
    writeFileSync(path, 'words')
    const allow = granted.length > 0 ? { read: [house.folder] } : {}
    const source = `local ok, given = pcall(Tool.peek, { path = "${path}" })\nreturn ok and given.text or given.message`
    const { value } = await house.lua(source, { allow })
    expect(value).toContain(expected)
  })
})

test('one tool may do less than its plugin', async () => {
  const header = {
    permissions: { read: ['/'] },
    contributes: {
      tools: [
        { name: 'all', ...READS },
        { name: 'some', ...READS, permissions: {} },
      ],
    },
  }
  const read = 'function(i) return Tool.file_read{ path = i.path }.text end'
  await using house = await openScripts(
    LUA(header, `return { tools = { all = ${read}, some = ${read} } }`),
  )
  const path = join(house.folder, 'a.txt')
  writeFileSync(path, 'words')
  const ask = `{ path = "${path}" }`
  const { value } = await house.lua(
    `local _, some = pcall(Tool.some, ${ask}) return { Tool.all(${ask}).text, some.code }`,
    { allow: { read: ['/'] } },
  )
  expect(value).toEqual(['words', 'PERMISSION_DENIED'])
})

const KEEPS = `local kept
return { tools = {
  make = function() kept = Agent.create{ name = "ours" } return "made" end,
  use = function() return kept:execute("hi").text end,
} }`

test('what a call got by reference ends with it, also where the next caller has one of that name', async () => {
  const tools = [
    { name: 'make', description: 'x', input: {} },
    { name: 'use', description: 'x', input: {} },
  ]
  await using house = await openScripts(
    LUA({ requires: { agents: '^1' }, contributes: { tools } }, KEEPS),
  )
  const { value } = await house.lua(`
    local mine = Agent.create{ name = "mine" }
    local made = Tool.make{}.text
    local ok, used = pcall(Tool.use, {})
    return { made, ok, used.code }`)
  expect(value).toEqual(['made', false, 'HANDLE_UNKNOWN'])
})

const one = (code: string, more: object = {}) =>
  LUA(
    { ...more, contributes: { tools: [{ description: 'x', input: {} }] } },
    `return { tools = { ours = function(_, call) ${code} end } }`,
  )
const failing =
  'local ok, err = pcall(Tool.ours, {}) return ok and "went" or (err.code .. ": " .. err.message)'

test.each([
  ['a module that it does not require', 'return State.save("global", "a", 1)', {}, /State/],
  [
    'functions for the run',
    'return Agent.create{ name = "x", on_chunk = print }',
    { requires: { agents: '^1' } },
    /./,
  ],
  [
    'a tool of its own for the run',
    'return Tool.define{ name = "x", description = "x", execute = print }',
    {},
    /VALUE_UNSUPPORTED/,
  ],
  ['the end of the run', 'return Run.cancel()', {}, /cancel/],
  ['another file', 'return require("other")', {}, /one file/],
  ['its own functions anew', 'Plugin.define({ tools = {} })', {}, /SCRIPT_PLUGIN_REFUSED/],
  [
    'a handle that it made up',
    'return Tool.execute("echo", { ["$llmspell"] = "handle", id = "agent_1" })',
    {},
    /./,
  ],
])('a script plugin cannot have %s', async (_what, code, more, expected) => {
  await using house = await openScripts(one(code, more))
  const { value } = await house.lua(failing)
  expect(value).toMatch(expected)
  expect(value).not.toBe('went')
})

test('a required service is there', async () => {
  await using house = await openScripts(
    one('State.save("global", "a", 7) return State.load("global", "a")', {
      requires: { state: '^1' },
    }),
    {},
  )
  expect((await house.lua('return Tool.ours{}.result')).value).toBe(7)
})

test('a hook computes and calls nobody', async () => {
  const header = { contributes: { hooks: ['tool.input'] } }
  const code = 'return { hooks = { ["tool.input"] = function(ctx) return Tool.uuid{} end } }'
  await using house = await openScripts(LUA(header, code))
  const { value } = await house.lua(
    'local _, err = pcall(Tool.calculator, { expression = "1" }) return err.message',
  )
  expect(value).toContain('it has no run of its own')
})

test('what is left behind the end of a call asks for nothing', async () => {
  const tools = ['ours', 'later'].map((name) => ({ name, description: 'x', input: {} }))
  const code = `let said = 'nothing'
export default { tools: {
  ours() {
    Run.sleep(20).then(() => Tool.uuid({})).then(() => (said = 'went'), (error) => (said = error.code))
    return 'done'
  },
  later: () => said,
} }`
  const text = plugin('javascript', { contributes: { tools } }, code)
  await using house = await openScripts({ 'ours.js': text })
  const { value } = await house.lua(`
    Tool.ours{}
    local said
    repeat Run.sleep(150) said = Tool.later{}.text until said ~= "nothing"
    return said`)
  expect(value).toBe('SCRIPT_PLUGIN_REFUSED')
})
