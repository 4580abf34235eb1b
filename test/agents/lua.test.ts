import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'

const PLUGINS = [
  'permissions',
  'files',
  'models',
  'provider-mock',
  'tools',
  'tool-calculator',
  'agents',
  'engine-lua',
  'script-runtime',
]
let house: House

beforeAll(async () => {
  house = await openHouse(PLUGINS)
})
afterAll(() => house[Symbol.asyncDispose]())

const scripted = (replies: string): string =>
  `{ provider = "mock", model = "scripted", settings = { replies = { ${replies} } } }`

const value = async (source: string) => (await house.lua(source)).value

describe('agents in Lua', () => {
  test('are built, and every short cut of the builder has its effect', async () => {
    const script = `
      local agent = Agent.builder():name("clerk"):tool("calculator"):max_steps(1):max_cost(2)
        :max_tool_calls(3):temperature(0.5):build()
      local ok, err = pcall(function() return agent:execute("What is 6 * 7?") end)
      return { agent.name, agent:config(), ok, err.code, err.details.limit }`
    expect(await value(script)).toEqual([
      'clerk',
      {
        name: 'clerk',
        model: 'mock/demo',
        tools: ['calculator'],
        temperature: 0.5,
        budget: { max_steps: 1, max_cost: 2, max_tool_calls: 3 },
      },
      false,
      'BUDGET_EXCEEDED',
      'max_steps',
    ])
  })

  test('read as their text', async () => {
    const script = `
      local result = Agent.create{ model = ${scripted('"Hi"')} }:execute("x")
      return { tostring(result), result.metadata.mock }`
    expect(await value(script)).toEqual(['Hi', true])
  })

  test('stream, and are left', async () => {
    const script = `
      local agent, types = Agent.create{ tools = { "calculator" } }, {}
      for chunk in agent:stream("What is 6 * 7?") do types[#types + 1] = chunk.type end
      for _ in agent:stream("Tell me a long story") do break end
      return { types[#types], agent:stream("What is 6 * 7?"):text():find("42") ~= nil }`
    expect(await value(script)).toEqual(['finish', true])
  })

  test('ask functions of the script for the prompt and for approval', async () => {
    const script = `
      local asked, sent = {}, 0
      local mail = Tool.define{ name = "mail", description = "Sends mail.", parameters = { to = "string" },
        execute = function() sent = sent + 1 return "sent" end }
      local agent = Agent.create{ tools = { mail },
        model = ${scripted('{ tool_calls = { { name = "mail", input = { to = "ada" } } } }, "Well."')},
        system_prompt = function(input) asked[#asked + 1] = input return "Be brief." end,
        approve = function(call) asked[#asked + 1] = call.input.to return "not on Sundays" end }
      local result = agent:execute("Write to Ada")
      return { asked, sent, result.text, result.tool_calls[1].error.message }`
    expect(await value(script)).toEqual([
      ['Write to Ada', 'ada'],
      0,
      'Well.',
      "The call of tool 'mail' was not approved: not on Sundays.",
    ])
  })

  test('call tools of the script, and each other', async () => {
    const script = `
      local stock = Tool.define{ name = "stock", description = "Items.", parameters = { item = "string" },
        execute = function(p) return { [p.item] = 4 } end }
      local clerk = Agent.create{ name = "clerk", tools = { stock },
        model = ${scripted('{ tool_calls = { { name = "stock", input = { item = "lamp" } } } }, "Four."')} }
      local boss = Agent.create{ tools = { clerk },
        model = ${scripted('{ tool_calls = { { name = "clerk", input = { input = "Lamps?" } } } }, "We have four."')} }
      local result = boss:execute("Enough lamps?")
      return { result.text, result.tool_calls[1].result, clerk:usage().tool_calls }`
    expect(await value(script)).toEqual(['We have four.', 'Four.', 1])
  })

  test('answer with data, remember, and talk', async () => {
    const script = `
      local reader = Agent.create{ model = ${scripted(`'{"vendor": "Lamp", "lines": ["a"]}'`)},
        schema = { vendor = "string", lines = {"string"} } }
      local data = reader:execute("Read").data
      local talk = Agent.create{ memory = { messages = 2 } }:conversation("ada")
      talk:append{ role = "user", text = "I am Ada." }
      talk:execute("Who am I?")
      return { data.vendor, data.lines[1], #talk:messages(), talk.id, #talk:fork():messages() }`
    expect(await value(script)).toEqual(['Lamp', 'a', 3, 'ada', 3])
  })

  test('name what is wrong', async () => {
    const codes = `
      local function code(config)
        local ok, err = pcall(Agent.create, config)
        return err.code
      end
      return { code{ temprature = 1 }, code{ model = "nobody/x" }, code{ tools = { "calcluator" } } }`
    expect(await value(codes)).toEqual(['INPUT_INVALID', 'PROVIDER_UNKNOWN', 'TOOL_NOT_FOUND'])
  })
})
