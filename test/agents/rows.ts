import type { PermissionSet } from '@llmspell/sdk'
import { png } from '../media-values/pictures.ts'
import type { GoogleReply } from '../support/google-server.ts'
import type { ServerReply } from '../support/openai-server.ts'

/** One script in both languages, what the servers answer, what it gives and what they were sent. */
export interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly openai?: readonly ServerReply[]
  readonly google?: readonly GoogleReply[]
  readonly value?: unknown
  readonly error?: string
  readonly sent?: readonly object[]
  readonly allow?: PermissionSet
}

export const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'media',
  'artifacts',
  'sandbox',
  'budgets',
  'language-models',
  'models',
  'provider-mock',
  'provider-openai',
  'provider-google',
  'tools',
  'tool-calculator',
  'tool-file-read',
  'tool-image',
  'agents',
  'engine-lua',
  'engine-fengari',
  'engine-javascript',
  'script-runtime',
]

const PICTURE = png(7, 5).toString('base64')
const M = "model = 'openai/gpt-4o-mini'"
const JM = "model: 'openai/gpt-4o-mini'"
const call = (name: string, input: object): ServerReply => ({
  toolCalls: [{ name, arguments: input }],
})

const TOOLS: readonly Row[] = [
  {
    name: 'a call is executed, its result goes back, and the text depends on it',
    lua: `local a = Agent.create{ ${M}, tools = { 'calculator' } }
      local r = a:execute('6 * 7?')
      return { r.text, r.tool_calls[1].result.value or r.tool_calls[1].result, #r.steps, r.agent }`,
    javascript: `const a = await Agent.create({ ${JM}, tools: ['calculator'] })
      const r = await a.execute('6 * 7?')
      return [r.text, r.toolCalls[0].result.value ?? r.toolCalls[0].result, r.steps.length, r.agent]`,
    openai: [call('calculator', { expression: '6 * 7' }), { text: 'It is 42.' }],
    value: ['It is 42.', 42, 2, 'agent-1'],
    sent: [
      {},
      { messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'tool', content: '42' }] },
    ],
  },
  {
    name: 'unknown tools, wrong input and arguments that are no JSON go back as errors',
    lua: `local a = Agent.create{ ${M}, tools = { 'calculator' } }
      local r, codes = a:execute('x'), {}
      for i, c in ipairs(r.tool_calls) do codes[i] = c.error.code end
      return { r.text, codes }`,
    javascript: `const a = await Agent.create({ ${JM}, tools: ['calculator'] })
      const r = await a.execute('x')
      return [r.text, r.toolCalls.map((c) => c.error.code)]`,
    openai: [
      {
        toolCalls: [
          { name: 'file-read', arguments: { path: 'x' } },
          { name: 'calculator', arguments: { expr: '1' } },
          { name: 'calculator', arguments: '{"expression": ' },
        ],
      },
      { text: 'Sorry.' },
    ],
    value: ['Sorry.', ['TOOL_NOT_FOUND', 'INPUT_INVALID', 'INPUT_INVALID']],
  },
  {
    name: 'options of builder and table are seen by the server',
    lua: `local a = Agent.builder():model{ provider = 'openai', model = 'lab', base_url = 'BASE', api_key = 'sk-own' }
        :temperature(0.5):max_tokens(9):seed(3):system_prompt('Be brief.'):build()
      return { a:execute('x').text, a:execute('y', { temperature = 0.25, max_tokens = 8 }).text }`,
    javascript: `const a = await Agent.builder().model({ provider: 'openai', model: 'lab', baseUrl: 'BASE', apiKey: 'sk-own' })
        .temperature(0.5).maxTokens(9).seed(3).systemPrompt('Be brief.').build()
      return [(await a.execute('x')).text, (await a.execute('y', { temperature: 0.25, maxTokens: 8 })).text]`,
    openai: [{ text: 'one' }, { text: 'two' }],
    value: ['one', 'two'],
    sent: [
      {
        model: 'lab',
        key: 'Bearer sk-own',
        temperature: 0.5,
        seed: 3,
        messages: [{ content: 'Be brief.' }, {}],
      },
      { model: 'lab', temperature: 0.25, seed: 3 },
    ],
  },
  {
    name: 'an answer and a file with {"success": false} are texts like any other',
    lua: `local a = Agent.create{ ${M} }
      local r = a:execute('x')
      local f = Tool.execute('file-read', { path = 'failed.json' })
      return { r.success, r.text, r.result, r.data == nil, f.success, f.text }`,
    javascript: `const a = await Agent.create({ ${JM} })
      const r = await a.execute('x')
      const f = await Tool.execute('file-read', { path: 'failed.json' })
      return [r.success, r.text, r.result, r.data == null, f.success, f.text]`,
    openai: [{ text: ['{"success": false}'] }],
    value: [true, '{"success": false}', '{"success": false}', true, true, '{"success": false}'],
  },
  {
    name: 'a schema is repaired once by a correction',
    lua: `return Agent.create{ ${M}, schema = { n = 'integer' } }:execute('x').data`,
    javascript: `return (await (await Agent.create({ ${JM}, schema: { n: 'integer' } })).execute('x')).data`,
    openai: [{ text: 'No.' }, { text: ['{"n": 3}'] }],
    value: { n: 3 },
  },
]

const MEDIA: readonly Row[] = [
  {
    name: 'a picture of a file goes to the model as it is',
    lua: `local a = Agent.create{ ${M} }
      local r = a:execute{ text = 'What is it?', media = { Media.file('lamp.png') } }
      return { r.text, r.messages[1].content[2].media.name, r.messages[1].text }`,
    javascript: `const a = await Agent.create({ ${JM} })
      const r = await a.execute({ text: 'What is it?', media: [await Media.file('lamp.png')] })
      return [r.text, r.messages[0].content[1].media.name, r.messages[0].text]`,
    openai: [{ text: 'A lamp.' }],
    value: ['A lamp.', 'lamp.png', 'What is it?'],
    sent: [
      {
        messages: [
          {
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE}` } },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'a picture in base64, and a text beside it',
    lua: `local a = Agent.create{ ${M} }
      return a:execute{ text = 'x', image = { base64 = '${PICTURE}', format = 'png' }, media = { Media.file('notes.txt') } }.text`,
    javascript: `const a = await Agent.create({ ${JM} })
      return (await a.execute({ text: 'x', image: { base64: '${PICTURE}', format: 'png' }, media: [await Media.file('notes.txt')] })).text`,
    openai: [{ text: 'ok' }],
    value: 'ok',
    sent: [
      {
        messages: [
          {
            content: [
              { type: 'text' },
              { type: 'image_url' },
              { type: 'text', text: "File 'notes.txt':\nLamps: three.\n" },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'messages with media are taken as results give them',
    lua: `local a = Agent.create{ ${M} }
      local r = a:execute{ media = { Media.file('lamp.png') } }
      return a:execute{ messages = r.messages, text = 'And now?' }.text`,
    javascript: `const a = await Agent.create({ ${JM} })
      const r = await a.execute({ media: [await Media.file('lamp.png')] })
      return (await a.execute({ messages: r.messages, text: 'And now?' })).text`,
    openai: [{ text: 'A lamp.' }, { text: 'Still a lamp.' }],
    value: 'Still a lamp.',
    sent: [{}, { messages: [{ content: [{ type: 'image_url' }] }, { content: 'A lamp.' }, {}] }],
  },
  {
    name: 'media are appended to a conversation',
    lua: `local talk = Agent.create{ ${M} }:conversation()
      talk:append{ role = 'user', content = { { type = 'media', media = Media.file('lamp.png') } } }
      return { talk:execute('What was it?').text, talk:messages()[1].content[1].media.width }`,
    javascript: `const talk = await (await Agent.create({ ${JM} })).conversation()
      await talk.append({ role: 'user', content: [{ type: 'media', media: await Media.file('lamp.png') }] })
      return [(await talk.execute('What was it?')).text, (await talk.messages())[0].content[0].media.width]`,
    openai: [{ text: 'A lamp.' }],
    value: ['A lamp.', 7],
    sent: [{ messages: [{ content: [{ type: 'image_url' }] }, { content: 'What was it?' }] }],
  },
  {
    name: 'a file that is not granted is not read for a model',
    lua: `Agent.create{ ${M} }:execute{ text = 'x', media = { Media.file('lamp.png') } }`,
    javascript: `await (await Agent.create({ ${JM} })).execute({ text: 'x', media: [await Media.file('lamp.png')] })`,
    allow: {},
    error: 'PERMISSION_DENIED',
    sent: [],
  },
  {
    name: 'a content that is not what its name says is not sent',
    lua: `Agent.create{ ${M} }:execute{ text = 'x', image = Media.file('wrong.png') }`,
    javascript: `await (await Agent.create({ ${JM} })).execute({ text: 'x', image: await Media.file('wrong.png') })`,
    error: 'MEDIA_MISMATCH',
    sent: [],
  },
  {
    name: 'a model that cannot take it is not asked',
    lua: `Agent.create{ ${M} }:execute{ text = 'x', media = { Media.bytes('ID3\\4\\0\\0\\0\\0\\0\\0') } }`,
    javascript: `await (await Agent.create({ ${JM} })).execute({ text: 'x', media: [await Media.bytes('ID3\\x04\\0\\0\\0\\0\\0\\0')] })`,
    error: 'MODEL_LACKS_CAPABILITY',
    sent: [],
  },
  {
    name: 'what a model makes is a handle in the result and a chunk of the stream',
    lua: `local a = Agent.create{ model = 'google/gemini-2.5-flash-image' }
      local r, m = a:execute('Draw'), nil
      for chunk in a:stream('Draw') do if chunk.type == 'media' then m = chunk.media end end
      return { r.text, r.media[1].width, r.media[1].kind, m.height, r.messages[2].content[2].media.mime }`,
    javascript: `const a = await Agent.create({ model: 'google/gemini-2.5-flash-image' })
      const r = await a.execute('Draw')
      let m
      for await (const chunk of a.stream('Draw')) if (chunk.type === 'media') m = chunk.media
      return [r.text, r.media[0].width, r.media[0].kind, m.height, r.messages[1].content[1].media.mime]`,
    google: [1, 2].map(() => ({ text: 'Here.', media: { mimeType: 'image/png', data: PICTURE } })),
    value: ['Here.', 7, 'image', 5, 'image/png'],
  },
]

const TALK: readonly Row[] = [
  {
    name: 'a conversation is passed on, and the answer says who answered',
    lua: `Agent.create{ name = 'sales', ${M}, system_prompt = 'Sell.', description = 'Sells lamps.' }
      local boss = Agent.create{ name = 'boss', ${M}, handoffs = { 'sales' } }
      local to
      for chunk in boss:stream('Two lamps') do if chunk.type == 'handoff' then to = chunk.to end
        if chunk.type == 'finish' then return { to, chunk.result.agent, chunk.result.text } end end`,
    javascript: `await Agent.create({ name: 'sales', ${JM}, systemPrompt: 'Sell.', description: 'Sells lamps.' })
      const boss = await Agent.create({ name: 'boss', ${JM}, handoffs: ['sales'] })
      let to
      for await (const chunk of boss.stream('Two lamps')) { if (chunk.type === 'handoff') to = chunk.to
        if (chunk.type === 'finish') return [to, chunk.result.agent, chunk.result.text] }`,
    openai: [call('transfer_to_sales', {}), { text: 'Sold.' }],
    value: ['sales', 'sales', 'Sold.'],
    sent: [
      { tools: [{ function: { name: 'transfer_to_sales' } }] },
      { messages: [{ role: 'system', content: 'Sell.' }, { role: 'user' }, {}, { role: 'tool' }] },
    ],
  },
  {
    name: 'conditions, pieces and steps reach functions of the script',
    lua: `local types, seen = {}, nil
      local a = Agent.create{ ${M}, tools = { 'calculator' }, stop_when = function(step) seen = step return step.number == 1 end }
      local r = a:execute('x', { on_chunk = function(chunk) types[#types + 1] = chunk.type end })
      return { r.finish_reason, seen.tool_calls[1].name, seen.usage.total_tokens > 0, types }`,
    javascript: `const types = []
      let seen
      const a = await Agent.create({ ${JM}, tools: ['calculator'], stopWhen: (step) => { seen = step; return step.number === 1 } })
      const r = await a.execute('x', { onChunk: (chunk) => { types.push(chunk.type) } })
      return [r.finishReason, seen.toolCalls[0].name, seen.usage.totalTokens > 0, types]`,
    openai: [call('calculator', { expression: '1' })],
    value: ['stop_when', 'calculator', true, ['step', 'tool_call', 'tool_result']],
  },
  {
    name: 'what falls out of a memory is summarised by the own model',
    lua: `local a = Agent.create{ ${M}, memory = { tokens = 100, strategy = 'summary' } }
      a:execute(('first '):rep(70))
      local r = a:execute('second')
      return { r.text, r.steps[1].purpose, #r.steps }`,
    javascript: `const a = await Agent.create({ ${JM}, memory: { tokens: 100, strategy: 'summary' } })
      await a.execute('first '.repeat(70))
      const r = await a.execute('second')
      return [r.text, r.steps[0].purpose, r.steps.length]`,
    openai: [{ text: 'one' }, { text: 'They said first.' }, { text: 'two' }],
    value: ['two', 'summary', 2],
    sent: [
      {},
      {},
      {
        messages: [
          { content: 'Summary of what was said before:\nThey said first.' },
          { content: 'second' },
        ],
      },
    ],
  },
  {
    name: 'a reader that leaves leaves no failure',
    lua: `local a = Agent.create{ ${M} }
      local s = a:stream('x')
      for _ in s do break end
      s:cancel()
      return { a:state(), a:usage().failed, a:usage().requests }`,
    javascript: `const a = await Agent.create({ ${JM} })
      for await (const _ of a.stream('x')) break
      return [await a.state(), (await a.usage()).failed, (await a.usage()).requests]`,
    openai: [{ text: Array.from({ length: 200 }, () => 'word '), delayMs: 5 }],
    value: ['ready', 0, 1],
  },
  {
    name: 'a pause is seen, a default model shown, persist refused',
    lua: `local a = Agent.create{}
      a:pause()
      local paused = a:state()
      a:resume()
      local ok, err = pcall(Agent.create, { persist = true })
      return { paused, a:state(), a:config().model, err.code }`,
    javascript: `const a = await Agent.create({})
      await a.pause()
      const paused = await a.state()
      await a.resume()
      const code = await Agent.create({ persist: true }).catch((error) => error.code)
      return [paused, await a.state(), (await a.config()).model, code]`,
    value: ['paused', 'ready', 'mock/demo', 'NOT_AVAILABLE'],
  },
]

const PICTURES: readonly Row[] = [
  {
    name: 'a picture is made smaller, given to a model, kept and read back unchanged',
    lua: `Tool.execute('image', { operation = 'resize', path = 'lamp.png', to = 'small-' .. Run.engine.name .. '.png', width = 4 })
      local m = Media.file('small-' .. Run.engine.name .. '.png')
      local r = Agent.create{ ${M} }:execute{ text = 'x', image = m }
      local kept = Artifact.save{ name = 'small.png', content = m:bytes(), mime = 'image/png' }
      local back = Media.from_bytes(Artifact.get(kept.id).content, 'image/png')
      return { r.text, m:describe().width, back:base64() == m:base64(), back.width }`,
    javascript: `await Tool.execute('image', { operation: 'resize', path: 'lamp.png', to: 'small-js.png', width: 4 })
      const m = await Media.file('small-js.png')
      const r = await (await Agent.create({ ${JM} })).execute({ text: 'x', image: m })
      const kept = await Artifact.save({ name: 'small.png', content: await m.bytes(), mime: 'image/png' })
      const back = await Media.fromBytes((await Artifact.get(kept.id)).content, 'image/png')
      return [r.text, (await m.describe()).width, (await back.base64()) === (await m.base64()), back.width]`,
    openai: [{ text: 'A small lamp.' }],
    allow: { read: ['.'], write: ['.'] },
    value: ['A small lamp.', 4, true, 4],
  },
]

export const ROWS: readonly Row[] = [...TOOLS, ...MEDIA, ...TALK, ...PICTURES]
