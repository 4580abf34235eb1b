import { afterAll, beforeAll, expect, test } from 'vitest'
import { Desk, program } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
  desk.write('private.txt', 'The key is under the mat.')
})
afterAll(() => desk[Symbol.asyncDispose]())

const TOOLS = ['run-script', 'file-read', 'http-request']
const page = (): string => `${desk.server.origin}/v1/models`

test('what a program brought from outside is marked for the model', async () => {
  const code = `return Tool.http_request{ url = "${page()}" }.text`
  desk.play(program('lua', code), (read) => {
    expect(read).toContain("data that came from outside by tool 'run-script'")
    return { text: 'Done.' }
  })
  const { metadata } = await desk.ask({ tools: TOOLS })
  expect(metadata.untrusted).toBe(true)
})

test('so is what it says where it fails after it', async () => {
  const code = `error(Tool.http_request{ url = "${page()}" }.text)`
  desk.play(program('lua', code), (read) => {
    expect(read).toContain("data that came from outside by tool 'run-script'")
    return { text: 'Done.' }
  })
  const { metadata } = await desk.ask({ tools: TOOLS })
  expect(metadata.untrusted).toBe(true)
})

test('a program that met nothing from outside is not marked', async () => {
  desk.play(program('lua', 'return Tool.file_read{ path = "private.txt" }.text'), (read) => {
    expect(read).not.toContain('data that came from outside')
    return { text: 'Done.' }
  })
  const { metadata } = await desk.ask({ tools: TOOLS })
  expect(metadata.untrusted).toBeUndefined()
})

test('private data and text from outside mix in a program as they do in an agent', async () => {
  const code = `
    local text = Tool.file_read{ path = "private.txt" }.text
    Tool.http_request{ url = "${page()}" }
    return Tool.http_request{ url = "${page()}", method = "POST", body = text }.success`
  desk.play(program('lua', code), { text: 'Done.' })
  const { tool_calls } = await desk.ask({ tools: TOOLS })
  expect(tool_calls[0]!.error).toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringMatching(/outside|mix/),
  })
  const sent = desk.server.requests.filter(
    ({ path, method }) => path === '/v1/models' && method === 'POST',
  )
  expect(sent).toEqual([])
})

test('the script approves the calls of a program as those of its agent', async () => {
  const code = `local ok, err = pcall(function() return Tool.http_request{ url = "${page()}" } end)
    return { ok, err.code, Tool.file_read{ path = "private.txt" }.success }`
  desk.play(program('lua', code), { text: 'Done.' })
  const { value } = await desk.house.lua(
    `local asked = {}
     local agent = Agent.create{
       model = "openai/gpt-4o", tools = { "run-script", "file-read", "http-request" },
       approve = function(call) asked[#asked + 1] = call.name return call.name == "run-script" end,
     }
     local r = agent:execute("Do it.")
     return { asked = asked, value = r.tool_calls[1].result.value }`,
    desk.options(),
  )
  expect(value).toEqual({
    asked: ['run-script', 'http-request'],
    value: [false, 'PERMISSION_DENIED', true],
  })
})

test('tools of the script and other agents are there for programs too', async () => {
  const code = `return { Tool.double{ n = 21 }.result, Tool.helper{ input = "Hi" }.text }`
  desk.play(program('lua', code), { text: 'I help.' }, { text: 'Done.' })
  const { value } = await desk.house.lua(
    `Tool.define{ name = "double", description = "Doubles.", parameters = { n = "number" },
       execute = function(p) return p.n * 2 end }
     local helper = Agent.create{ name = "helper", model = "openai/gpt-4o" }
     local agent = Agent.create{ model = "openai/gpt-4o", tools = { "run-script", "double", helper } }
     return agent:execute("Do it.").tool_calls[1].result.value`,
    desk.options(),
  )
  expect(value).toEqual([42, 'I help.'])
})

test('several programs of one step run beside each other', async () => {
  const twice = program('lua', 'return Tool.file_read{ path = "private.txt" }.text')
  desk.play({ toolCalls: [...twice.toolCalls!, ...twice.toolCalls!] }, { text: 'Done.' })
  const { tool_calls } = await desk.ask({ tools: TOOLS })
  expect(tool_calls.map(({ result }) => result?.calls)).toEqual([1, 1])
})
