// What an agent's loop costs, against the AI SDK alone with the same server and the same tool; and what a program saves.
import { createOpenAI } from '@ai-sdk/openai'
import type { CallContext, HandleRef, Schema, Tool, ToolItem, Value } from '@llmspell/sdk'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import type { ToolSet } from 'ai'
import { Desk } from '../code-mode/desk.ts'
import { playTask, TASKS } from '../code-mode/tasks.ts'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse } from '../support/kernel.ts'
import { CALLS, modelServer } from './model-server.ts'
import { inTurn, median, ms, ratio, report, times } from './support.ts'
import type { Row } from './support.ts'

const LOOPS = 5
const ROUNDS = 25
const MODEL = 'gpt-4o'
const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'budgets',
  'models',
  'language-models',
  'provider-openai',
  'tools',
  'tool-calculator',
  'agents',
  'engine-lua',
  'script-runtime',
]

// Its warnings on the terminal are not what is measured.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
using server = await modelServer()
const providers = { openai: { base_url: server.baseUrl, api_key: 'sk-test' } }
const house = await openHouse(PLUGINS, [hostPlugin], { plugins: { models: { providers } } })
const run = { allow: { net: [server.origin], 'net-private': [server.origin] } }
const model = createOpenAI({ baseURL: server.baseUrl, apiKey: 'sk-test' }).chat(MODEL)
const tools = { calculator: await sameTool() }
const asked = { model, tools, prompt: 'Go on.', stopWhen: stepCountIs(CALLS + 5) }

/** The calculator itself as a tool of the AI SDK. */
async function sameTool(): Promise<ToolSet[string]> {
  const found = house.kernel.extensions.find<ToolItem & Record<string, unknown>>(
    'tools',
    'calculator',
  )!
  const { execute } = (await house.kernel.extensions.get('tools', 'calculator')) as Tool<Value>
  const schema = house.kernel.extensions.document(found, 'input') as Schema
  return tool({
    description: found.item.description,
    inputSchema: jsonSchema<Value>(schema),
    execute: async (input) => execute(input, {} as never),
  })
}

function check(steps: number, text: string): void {
  if (steps !== CALLS + 1 || text !== 'Done.') throw new Error(`found ${steps} steps, '${text}'`)
}

async function timed(loop: () => Promise<void>): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < LOOPS; i++) await loop()
  return (performance.now() - started) / LOOPS
}

const generated = (): Promise<number> =>
  timed(async () => {
    const { steps, text } = await generateText(asked)
    check(steps.length, text)
  })

const streamed = (): Promise<number> =>
  timed(async () => {
    const result = streamText(asked)
    for await (const _ of result.fullStream);
    check((await result.steps).length, await result.text)
  })

interface Answer {
  readonly text: string
  readonly metadata: { readonly steps: number }
}

const config = { model: `openai/${MODEL}`, tools: ['calculator'] }

async function host(context: CallContext): Promise<number> {
  const handle = (await context.call('Agent', 'create', [config])) as HandleRef
  return timed(async () => {
    const answer = await context.call('Agent', 'Agent.execute', ['Go on.'], { handle })
    const { text, metadata } = answer as Answer
    check(metadata.steps, text)
  })
}

const LUA = `
local agent = Agent.create{ model = "openai/${MODEL}", tools = { "calculator" } }
local started = Run.now()
local r
for i = 1, ${LOOPS} do r = agent:execute("Go on.") end
return { (Run.now() - started) / ${LOOPS}, r.metadata.steps, r.text }`

async function lua(): Promise<number> {
  const { value } = await house.lua(LUA, { ...run, isolation: 'inline' })
  const [took, steps, text] = value as [number, number, string]
  check(steps, text)
  return took
}

const [sdk, stream, ours, script] = (await inTurn(
  [
    { name: 'generateText', run: generated },
    { name: 'streamText', run: streamed },
    { name: 'host', run: () => inRun(house, host, run) },
    { name: 'lua', run: lua },
  ],
  ROUNDS,
  3,
)) as [number[], number[], number[], number[]]

const figure = (side: number[]): string =>
  `${ms(median(side))}, ${times(ratio(side, sdk))} of generateText, ${times(ratio(side, stream))} of streamText`
report(
  `An agent that calls a tool ${CALLS} times: ${CALLS + 1} answers of a server on the loopback`,
  [
    { what: "AI SDK's generateText, answers whole", figure: ms(median(sdk)) },
    { what: "AI SDK's streamText, answers in pieces", figure: ms(median(stream)) },
    { what: 'agent:execute by the host', figure: figure(ours), aim: '1.10x' },
    { what: 'agent:execute in Lua', figure: figure(script), aim: '1.10x' },
  ],
)

const desk = await Desk.open()
const rows: Row[] = []
for (const task of TASKS) {
  const plain = await playTask(desk, task, 'plain')
  const code = await playTask(desk, task, 'code')
  const { steps, input, output } = plain
  rows.push({
    what: task.name,
    figure: `steps ${steps} > ${code.steps}, tokens in ${input} > ${code.input}, out ${output} > ${code.output}`,
  })
}
report('Calls of tools one by one > one program', rows)
await desk[Symbol.asyncDispose]()
await house.kernel.stop()
