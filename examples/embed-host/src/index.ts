// A host program with llmspell inside: its own tool, its own output, no command line.
import { createRuntime } from '@llmspell/runtime'
import { manifest, plugin } from './stock.ts'

const SCRIPT = `
local clerk = Agent.create{ name = "clerk", tools = { "calculator", "stock" } }
local lamps = Tool.stock{ item = "lamp" }.result.pieces
local answer = clerk:execute("How many rooms get four lamps each? It is " .. lamps .. " / 4")
return { lamps = lamps, answer = answer.text }
`

await using runtime = createRuntime({
  plugins: [{ manifest, plugin }],
  profile: 'agents',
  config: { model: 'mock/demo' },
})
const { value, calls } = await runtime.run<{ lamps: number; answer: string }>({
  source: SCRIPT,
  file: 'clerk.lua',
  timeoutMs: 10_000,
  limits: { calls: 100 },
  onProgress: ({ who, state, text }) => process.stderr.write(`${who} ${state} ${text ?? ''}\n`),
})
process.stdout.write(`${JSON.stringify(value)}\n${calls} calls through the door\n`)
