import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

const CLERKS = {
  lua: `local clerk = Agent.create{ tools = { "peek" } }
    return clerk:execute('Call peek {"path": "PATH"}').text`,
  javascript: `const clerk = await Agent.create({ tools: ['peek'] })
    return (await clerk.execute('Call peek {"path": "PATH"}')).text`,
}
const PEEKS = {
  'peek.lua': 'return { tools = { peek = function(i) return Tool.file_read(i).text end } }',
  'peek.js': 'export default { tools: { peek: async (i) => (await Tool.fileRead(i)).text } }',
}

describe.each([
  ['lua', 'peek.js'],
  ['javascript', 'peek.lua'],
] as const)('an agent of %s that calls %s', (engine, name) => {
  test.each([
    ['what both have', '', '', 'words'],
    ['no more than its run has', '/other', '', 'PERMISSION_DENIED'],
    ['no more than the tool asks for', '', '/other', 'PERMISSION_DENIED'],
  ])('lends it %s', async (_what, granted, own, expected) => {
    const header = (folder: string): object => ({
      permissions: { read: ['/'] },
      contributes: { tools: [{ ...READS, permissions: { read: [folder + own] } }] },
    })
    const folder = mkdtempSync(join(tmpdir(), 'llmspell-lent-'))
    const language = name.endsWith('.lua') ? 'lua' : 'javascript'
    await using house = await openScripts({
      [name]: plugin(language, header(folder), PEEKS[name]),
    })
    const path = join(folder, 'a.txt')
    writeFileSync(path, 'words')
    const { value } = await house.runtime.run({
      source: CLERKS[engine].replace('PATH', path),
      file: engine,
      engine,
      settings: { model: 'mock/demo' },
      allow: { read: [folder + granted] },
    })
    rmSync(folder, { recursive: true })
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

const TOOLS = ['leave', 'wait'].map((name) => ({ ...READS, name }))
const LEAVES = {
  'ours.js': plugin(
    'javascript',
    { permissions: { read: ['/'] }, contributes: { tools: TOOLS } },
    `let said = 'nothing'
export default { tools: {
  leave(input) {
    Run.sleep(50).then(() => Tool.fileRead(input)).then(() => (said = 'went'), (error) => (said = error.code))
    return 'done'
  },
  async wait(input) {
    for (let i = 0; i < 500 && said === 'nothing'; i++) await Run.sleep(10)
    const mine = await Tool.fileRead(input).then((given) => given.text, (error) => error.code)
    return said + ' ' + mine
  },
} }`,
  ),
  'ours.lua': plugin(
    'lua',
    { permissions: { read: ['/'] }, contributes: { tools: TOOLS } },
    `local said = "nothing"
return { tools = {
  leave = function(input)
    Async.spawn(function()
      Run.sleep(50)
      local ok, given = pcall(Tool.file_read, input)
      said = ok and "went" or given.code
    end)
    return "done"
  end,
  wait = function(input)
    for _ = 1, 500 do if said ~= "nothing" then break end Run.sleep(10) end
    local ok, given = pcall(Tool.file_read, input)
    return said .. " " .. (ok and given.text or given.code)
  end,
} }`,
  ),
}

describe.each(['ours.js', 'ours.lua'] as const)('what %s leaves behind a call', (name) => {
  test.each([
    ['while a later one is open', ''],
    ['while none is open', 'Run.sleep(150)'],
  ])('asks for nothing %s', async (_when, between) => {
    await using house = await openScripts({ [name]: LEAVES[name] })
    const path = join(house.folder, 'a.txt')
    writeFileSync(path, 'words')
    const source = `Tool.leave{ path = "${path}" } ${between} return Tool.wait{ path = "${path}" }.text`
    const { value } = await house.lua(source, { allow: { read: ['/'] } })
    expect(value).toBe('CALL_ENDED words')
  })
})
