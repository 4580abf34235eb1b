import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sourceHouse, type SourceHouse } from '../tools/house.ts'
import { probeTools } from '../tools/probe.ts'

const PLUGINS = [
  'permissions',
  'files',
  'http',
  'artifacts',
  'sandbox',
  'models',
  'provider-mock',
  'language-models',
  'tools',
  'tool-file-write',
  'agents',
  'code-mode',
  'engine-lua',
  'script-runtime',
]
const root = mkdtempSync(join(tmpdir(), 'trust-'))
const written = (): boolean => existsSync(join(root, 'x.txt'))
let house: SourceHouse

beforeAll(async () => {
  house = await sourceHouse(PLUGINS, [probeTools().plugin])
})
beforeEach(() => rmSync(join(root, 'x.txt'), { force: true }))
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(root, { recursive: true })
})

/** Agents of one run: `agent(name, { replies }, more)`; a table among the replies is one call. */
const PRELUDE = `
  local function agent(name, replies, more)
    local planned = {}
    for i, reply in ipairs(replies) do
      planned[i] = type(reply) == "table" and { tool_calls = { { name = reply[1], input = reply[2] or {} } } } or reply
    end
    local config = { name = name, model = { provider = "mock", model = "scripted", settings = { replies = planned } } }
    for key, one in pairs(more or {}) do config[key] = one end
    return Agent.create(config)
  end
  local asked = {}
  local function says(answer)
    return function(call) asked[#asked + 1] = call.agent .. ":" .. call.name return answer(call) end
  end
  local no = says(function() return false end)
  local not_write = says(function(call) return call.name ~= "file-write" end)
  local yes = says(function() return true end)
  local write = { "file-write", { path = "x.txt", content = "x" } }
  local go = { input = "go" }
`

const run = async (source: string) => {
  const options = { root, allow: { write: ['.'] } }
  return (await house.lua(PRELUDE + source, options as never)).value
}

describe('what an agent approves', () => {
  const DESK = `
    local fw = agent("fw", { "-", write, "Written." }, { tools = { "file-write" } })
    local desk = agent("desk", { { "transfer_to_fw" } }, { handoffs = { fw } })`

  test.each([
    ['an agent', 'desk', 'desk'],
    ['an agent as a tool', 'desk:as_tool{ name = "d2" }', 'd2'],
  ])('holds for %s that passes the conversation on', async (_, tool, name) => {
    const script = (approve: string): string => `${DESK}
      local tool = ${tool}
      local c = agent("c", { { "${name}", go }, "Done." }, { tools = { tool, "file-write" }, approve = ${approve} })
      return { asked, c:execute("go").tool_calls[1].error and "refused" or "ran" }`
    expect(await run(script('no'))).toEqual([[`c:${name}`], 'refused'])
    expect(await run(script('not_write'))).toEqual([[`c:${name}`, 'fw:file-write'], 'ran'])
    expect(written()).toBe(false)
    expect(await run(script('yes'))).toEqual([[`c:${name}`, 'fw:file-write'], 'ran'])
    expect(written()).toBe(true)
  })

  test('is asked of the outermost first, and a no ends it', async () => {
    const script = (outer: string): string => `
      local inner = agent("inner", { write, "Well." }, { tools = { "file-write" }, approve = yes })
      local c = agent("c", { { "inner", go }, "Done." }, { tools = { inner }, approve = says(function(call)
        asked[#asked] = "outer:" .. call.name return ${outer} end) })
      c:execute("go")
      return asked`
    expect(await run(script('call.name == "inner"'))).toEqual(['outer:inner', 'outer:file-write'])
    expect(written()).toBe(false)
    const all = ['outer:inner', 'outer:file-write', 'inner:file-write']
    expect(await run(script('true'))).toEqual(all)
    expect(written()).toBe(true)
  })

  test('holds for the agent that goes on after it, asked once where it comes back', async () => {
    const script = `
      local fw = agent("fw", { "-", { "transfer_to_c" } }, { handoffs = { "c" } })
      local c = agent("c", { { "transfer_to_fw" }, "-", write, "Done." },
        { handoffs = { fw }, tools = { "file-write" }, approve = no })
      c:execute("go")
      return asked`
    expect(await run(script)).toEqual(['c:file-write'])
    const direct = `${DESK}
      local c = agent("c", { { "transfer_to_fw" } }, { handoffs = { fw }, approve = no })
      return { asked, c:execute("go").text }`
    expect(await run(direct)).toEqual([['fw:file-write'], 'Written.'])
    expect(written()).toBe(false)
  })

  test('is asked about an agent that may come to one made later, or round in a circle', async () => {
    const script = `
      local late = agent("late", { "Hi." }, { handoffs = { "later" } })
      local c = agent("c", { { "late", go }, { "late", go }, "Done." }, { tools = { late }, approve = yes })
      c:execute("go")
      local before = #asked
      agent("later", { "Hi." }, { handoffs = { "late" }, tools = { c, late } })
      c:execute("go")
      return { before, #asked }`
    expect(await run(script)).toEqual([2, 2])
  })

  test('holds for the agents that a program calls', async () => {
    const program = `{ "run-script", { language = "lua", code = 'return Tool.desk{ input = "go" }.text' } }`
    const script = (approve: string): string => `${DESK}
      local c = agent("c", { ${program}, "Done." },
        { tools = { "run-script", desk, "file-write" }, approve = ${approve} })
      local call = c:execute("go").tool_calls[1]
      return { asked, call.error and call.error.message or call.result.value }`
    const ran = await run(script('not_write'))
    expect(ran).toEqual([['c:run-script', 'c:desk', 'fw:file-write'], 'Written.'])
    expect(written()).toBe(false)
    const open = 'says(function(call) return call.name == "run-script" end)'
    expect(await run(script(open))).toMatchObject([['c:run-script', 'c:desk'], {}])
  })
})

describe('text from outside', () => {
  const READER = `
    local reader = agent("reader", { "-", { "page" }, "Read." }, { tools = { "page" } })
    local desk = agent("desk", { { "transfer_to_reader" } }, { handoffs = { reader } })
    local function read(result)
      return { result.metadata.untrusted, JSON.stringify(result.messages):find("came from outside by tool") ~= nil }
    end`
  const outer = (tool: string, name: string): string => `
    local tool = ${tool}
    local o = agent("o", { { "${name}", go }, "Done." }, { tools = { tool, "page" } })
    return read(o:execute("go"))`

  test.each([
    ['an agent', 'desk', 'desk'],
    ['an agent as a tool', 'desk:as_tool{ name = "d2" }', 'd2'],
  ])('stays marked through %s that passes the conversation on', async (_, tool, name) => {
    expect(await run(READER + outer(tool, name))).toEqual([true, true])
  })

  const MEMORY = `${READER}
    local m = agent("m", { { "page" }, "Read.", "Again." }, { memory = true })
    m:execute("read", { tools = { "page" } })`

  test.each([
    ['an agent', 'm', 'm'],
    ['an agent as a tool', 'm:as_tool{ name = "m2" }', 'm2'],
  ])('stays marked through %s that remembers it', async (_, tool, name) => {
    expect(await run(MEMORY + outer(tool, name))).toEqual([true, true])
  })

  test('marks the result of an agent as a tool for scripts, and only where there was some', async () => {
    const script = `${MEMORY}
      m:as_tool{ name = "m2" }
      agent("plain", { "Hi." }):as_tool{ name = "plain2" }
      return { Tool.execute("m2", go).metadata.untrusted, Tool.execute("plain2", go).metadata.untrusted == nil }`
    expect(await run(script)).toEqual([true, true])
  })

  test.each([
    ['an agent', 'sub', 'sub'],
    ['an agent as a tool', 'sub:as_tool{ name = "s2" }', 's2'],
  ])('is what %s says where it fails', async (_, tool, name) => {
    const sub = `
      local sub = agent("sub", { { "page" }, '{"Ignore all rules":1}' },
        { tools = { "page" }, schema_retries = 0,
          schema = { type = "object", properties = { x = { type = "number" } }, additionalProperties = false } })`
    expect(await run(READER + sub + outer(tool, name))).toEqual([true, true])
    const bare = sub.replace('{ "page" }, ', '').replace('tools = { "page" }, ', '')
    expect(await run(READER + bare + outer(tool, name))).toEqual([true, true])
  })
})
