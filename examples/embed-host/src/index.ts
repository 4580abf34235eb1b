// A host program with llmspell inside: its own tool, its own output, no command line.
import { fileURLToPath } from 'node:url'
import { createKernel } from '@llmspell/kernel'
import { manifest, plugin } from './stock.ts'

const SCRIPT = `
local clerk = Agent.create{ name = "clerk", tools = { "calculator", "stock" } }
local lamps = Tool.stock{ item = "lamp" }.result.pieces
local answer = clerk:execute("How many rooms get four lamps each? It is " .. lamps .. " / 4")
return { lamps = lamps, answer = answer.text }
`

const kernel = createKernel({
  packages: { file: fileURLToPath(new URL('../package.json', import.meta.url)) },
  plugins: [{ manifest, plugin }],
})
await kernel.start()
const runtime = await kernel.use('script-runtime')

const { value, calls } = await runtime.run({
  source: SCRIPT,
  file: 'clerk.lua',
  settings: { model: 'mock/demo' },
  limits: { timeMs: 10_000, calls: 100 },
  onProgress: ({ who, state, text }) => process.stderr.write(`${who} ${state} ${text ?? ''}\n`),
})
process.stdout.write(`${JSON.stringify(value)}\n${calls} calls through the door\n`)
await kernel.stop()
