import { both } from '../scenario.ts'

const CALLER = "Agent.create{ name = 'caller', tools = { 'calculator' } }"
const JS_CALLER = "await Agent.create({ name: 'caller', tools: ['calculator'] })"

/** Agents, with the offline model. */
export const AGENT = [
  both(
    'makes an agent and asks it',
    'Agent.create Agent.Agent.execute',
    `local a = Agent.create{ name = 'ada', description = 'd', system_prompt = 'Be short.', max_tokens = 50 }
     local r = a:execute('Hello')
     return { a.name, a.description, a.model, r.success, r.text, r.finish_reason, r.metadata.steps, r.metadata.usage }`,
    `const a = await Agent.create({ name: 'ada', description: 'd', systemPrompt: 'Be short.', maxTokens: 50 })
     const r = await a.execute('Hello')
     return [a.name, a.description, a.model, r.success, r.text, r.finishReason, r.metadata.steps, r.metadata.usage]`,
  ),
  both(
    'gives a whole result',
    'Agent.Agent.execute',
    `return Agent.create{ name = 'x' }:execute({ text = 'Sum {{what}}', parameters = { what = 'it' }, data = { 1, 2 } }, { timeout = '10s' })`,
    `const a = await Agent.create({ name: 'x' })
     return a.execute({ text: 'Sum {{what}}', parameters: { what: 'it' }, data: [1, 2] }, { timeout: '10s' })`,
  ),
  both(
    'answers with a shape',
    'Agent.Agent.execute',
    `local a = Agent.create{ name = 'x', schema = { vendor = 'string', total_sum = 'number?' } }
     return a:execute('Read this').data`,
    `const a = await Agent.create({ name: 'x', schema: { vendor: 'string', total_sum: 'number?' } })
     return (await a.execute('Read this')).data`,
  ),
  both(
    'builds an agent in steps',
    'Agent.builder',
    `local a = Agent.builder():name('poet'):system_prompt('Rhyme.'):max_steps(3):max_tool_calls(2):max_cost(1):tool('calculator'):build()
     return { a.name, a:config().budget, a:tools() }`,
    `const a = await Agent.builder().name('poet').systemPrompt('Rhyme.').maxSteps(3).maxToolCalls(2).maxCost(1).tool('calculator').build()
     return [a.name, (await a.config()).budget, await a.tools()]`,
    { value: ['poet', { max_steps: 3, max_tool_calls: 2, max_cost: 1 }, ['calculator']] },
  ),
  both(
    'registers, finds and lists agents',
    'Agent.register Agent.get Agent.exists Agent.list',
    `return { Agent.register{ name = 'a' }, Agent.register{ name = 'b', description = 'B' }, Agent.exists('a'),
       Agent.exists('c'), Agent.get('b').description, Agent.get('c') == nil, Agent.list() }`,
    `return [await Agent.register({ name: 'a' }), await Agent.register({ name: 'b', description: 'B' }), await Agent.exists('a'),
       await Agent.exists('c'), (await Agent.get('b')).description, (await Agent.get('c')) == null, await Agent.list()]`,
  ),
  both(
    'streams an answer',
    'Agent.Agent.stream',
    `local a, types, text = Agent.create{ name = 'x' }, {}, ''
     for chunk in a:stream('Hello') do
       if types[#types] ~= chunk.type then types[#types + 1] = chunk.type end
       text = text .. chunk.text
     end
     return { types, text, a:stream('Hello'):text(), a:stream('Hello'):result().text }`,
    `const a = await Agent.create({ name: 'x' }), types = []
     let text = ''
     for await (const chunk of a.stream('Hello')) {
       if (types.at(-1) !== chunk.type) types.push(chunk.type)
       text += chunk.text
     }
     return [types, text, await a.stream('Hello').text(), (await a.stream('Hello').result()).text]`,
  ),
  both(
    'keeps conversations',
    'Agent.Agent.conversation Agent.Conversation.execute Agent.Conversation.messages Agent.Conversation.append Agent.Conversation.fork Agent.Conversation.clear',
    `local a = Agent.create{ name = 'x' }
     local talk = a:conversation('one')
     talk:append{ role = 'user', text = 'I am Ada.' }
     local text = talk:execute('Who am I?').text
     local other = talk:fork('two')
     talk:clear()
     return { talk.id, talk.agent, text, #talk:messages(), other.id, other:messages() }`,
    `const a = await Agent.create({ name: 'x' })
     const talk = await a.conversation('one')
     await talk.append({ role: 'user', text: 'I am Ada.' })
     const { text } = await talk.execute('Who am I?')
     const other = await talk.fork('two')
     await talk.clear()
     return [talk.id, talk.agent, text, (await talk.messages()).length, other.id, await other.messages()]`,
  ),
  both(
    'streams inside a conversation',
    'Agent.Conversation.stream',
    `local talk = Agent.create{ name = 'x' }:conversation('c')
     return { talk:stream('Hello'):text(), #talk:messages() }`,
    `const talk = await (await Agent.create({ name: 'x' })).conversation('c')
     return [await talk.stream('Hello').text(), (await talk.messages()).length]`,
  ),
  both(
    'becomes a tool',
    'Agent.Agent.as_tool',
    `local tool = Agent.create{ name = 'x' }:as_tool{ name = 'ask', description = 'Answers' }
     return { tool.name, tool.description, Tool.execute('ask', { input = 'Hello' }).text }`,
    `const tool = await (await Agent.create({ name: 'x' })).asTool({ name: 'ask', description: 'Answers' })
     return [tool.name, tool.description, (await Tool.execute('ask', { input: 'Hello' })).text]`,
  ),
  both(
    'knows and calls its tools',
    'Agent.Agent.tools Agent.Agent.has_tool Agent.Agent.invoke_tool',
    `local a = ${CALLER}
     return { a:tools(), a:has_tool('calculator'), a:has_tool('file-read'), a:invoke_tool('calculator', { expression = '6 * 7' }).text }`,
    `const a = ${JS_CALLER}
     return [await a.tools(), await a.hasTool('calculator'), await a.hasTool('file-read'), (await a.invokeTool('calculator', { expression: '6 * 7' })).text]`,
    { value: [['calculator'], true, false, '42'] },
  ),
  both(
    'lets the model use tools',
    'Agent.Agent.execute',
    `local r = ${CALLER}:execute('What is 6 * 7?')
     return { r.text, r.tool_calls, r.messages }`,
    `const r = await (${JS_CALLER}).execute('What is 6 * 7?')
     return [r.text, r.toolCalls, r.messages]`,
  ),
  both(
    'says what it has spent and does',
    'Agent.Agent.usage Agent.Agent.state Agent.Agent.config',
    `local a = Agent.create{ name = 'x', temperature = 0.5, budget = { max_time = '5m' }, system_prompt = function() return 'p' end }
     a:execute('Hello')
     return { a:usage(), a:state(), a:config() }`,
    `const a = await Agent.create({ name: 'x', temperature: 0.5, budget: { maxTime: '5m' }, systemPrompt: () => 'p' })
     await a.execute('Hello')
     return [await a.usage(), await a.state(), await a.config()]`,
  ),
  both(
    'ends',
    'Agent.Agent.cancel Agent.Agent.close',
    `local a = Agent.create{ name = 'x' }
     local n = a:cancel()
     a:close()
     local ok, err = pcall(function() a:execute('Hello') end)
     return { n, a:state(), ok, err.code, Agent.exists('x') }`,
    `const a = await Agent.create({ name: 'x' })
     const n = await a.cancel()
     await a.close()
     const err = await a.execute('Hello').catch((e) => e)
     return [n, await a.state(), false, err.code, await Agent.exists('x')]`,
    { value: [0, 'closed', false, 'AGENT_CLOSED', false] },
  ),
  both(
    'asks the script before an unsafe tool',
    'Agent.create',
    `local asked = JSON.array{}
     Tool.define{ name = 'post', description = 'Posts', parameters = { text = 'string?' }, execute = function() return 'posted' end }
     local a = Agent.create{ name = 'x', tools = { 'post' }, approve = function(call) asked[#asked + 1] = call.name return 'not today' end }
     return { asked, a:execute('use post').text }`,
    `const asked = []
     await Tool.define({ name: 'post', description: 'Posts', parameters: { text: 'string?' }, execute: () => 'posted' })
     const a = await Agent.create({ name: 'x', tools: ['post'], approve: (call) => { asked.push(call.name); return 'not today' } })
     return [asked, (await a.execute('use post')).text]`,
  ),
  both(
    'refuses a key that it does not know',
    'Agent.create',
    `Agent.create{ temprature = 1 }`,
    `await Agent.create({ temprature: 1 })`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'refuses a nested value of the wrong type',
    'Agent.create',
    `Agent.create{ budget = { max_steps = 'many' } }`,
    `await Agent.create({ budget: { maxSteps: 'many' } })`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'refuses a model that nobody has',
    'Agent.create',
    `Agent.create{ model = 'nobody/x' }`,
    `await Agent.create({ model: 'nobody/x' })`,
    { error: 'PROVIDER_UNKNOWN' },
  ),
  both(
    'refuses a second agent of one name',
    'Agent.create',
    `Agent.create{ name = 'x' } Agent.create{ name = 'x' }`,
    `await Agent.create({ name: 'x' }); await Agent.create({ name: 'x' })`,
    { error: 'AGENT_EXISTS' },
  ),
  both(
    'holds an agent back and lets it go on',
    'Agent.Agent.pause Agent.Agent.resume Agent.Agent.state',
    `local a = Agent.create{ name = 'x' }
     a:pause()
     local state = a:state()
     a:resume()
     return { state, a:state(), a:execute('Hello').agent }`,
    `const a = await Agent.create({ name: 'x' })
     await a.pause()
     const state = await a.state()
     await a.resume()
     return [state, await a.state(), (await a.execute('Hello')).agent]`,
    { value: ['paused', 'ready', 'x'] },
  ),
  both(
    'hands pieces to a function, and stops where a function says so',
    'Agent.Agent.execute',
    `local types = {}
     local a = ${CALLER}
     local r = a:execute('What is 6 * 7?', {
       on_chunk = function(chunk) types[#types + 1] = chunk.type end,
       stop_when = function(step) return #step.tool_calls == 1 end })
     return { r.finish_reason, types, r.steps }`,
    `const types = []
     const a = ${JS_CALLER}
     const r = await a.execute('What is 6 * 7?', {
       onChunk: (chunk) => { types.push(chunk.type) },
       stopWhen: (step) => step.toolCalls.length === 1 })
     return [r.finishReason, types, r.steps]`,
  ),
  both(
    'passes a conversation on',
    'Agent.Agent.execute',
    `Agent.create{ name = 'sales', description = 'Sells.' }
     local a = Agent.create{ name = 'boss', handoffs = { 'sales' } }
     local r = a:execute('transfer_to_sales {"reason": "lamps"}')
     return { r.agent, r.text, a:config().handoffs }`,
    `await Agent.create({ name: 'sales', description: 'Sells.' })
     const a = await Agent.create({ name: 'boss', handoffs: ['sales'] })
     const r = await a.execute('transfer_to_sales {"reason": "lamps"}')
     return [r.agent, r.text, (await a.config()).handoffs]`,
  ),
  both(
    'asks for an agent that outlives its run, and has no name to find it by',
    'Agent.create',
    `Agent.create{ persist = true }`,
    `await Agent.create({ persist: true })`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'saves an agent, loads it and forgets it',
    'Agent.Agent.save Agent.Agent.load Agent.Agent.forget',
    `local agent = Agent.create{ name = 'kept', model = 'mock/echo', memory = true }
     local before = agent:load()
     agent:execute('one')
     agent:save()
     agent:execute('two')
     return { before, agent:load(), #agent:execute('three').messages, agent:forget(), agent:forget(), agent:usage().requests }`,
    `const agent = await Agent.create({ name: 'kept', model: 'mock/echo', memory: true })
     const before = await agent.load()
     await agent.execute('one')
     await agent.save()
     await agent.execute('two')
     return [before, await agent.load(), (await agent.execute('three')).messages.length, await agent.forget(), await agent.forget(), (await agent.usage()).requests]`,
    { value: [false, true, 4, true, false, 0] },
  ),
]
