// 10,000 pieces of an answer in a script, against the AI SDK's own stream in the host; and the way to the first piece.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { openHouse } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'
import { modelServer } from './model-server.ts'
import { BIN, inTurn, median, ms, processTime, ratio, report, times } from './support.ts'
import type { Row, Side } from './support.ts'

const PIECES = 10_000
const WANTED = PIECES * 'word '.length
const ROUNDS = 15
const MODEL = `stream-${PIECES}`
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
  'agents',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]

// Its warnings on the terminal are not what is measured.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
using server = await modelServer()
const providers = { openai: { base_url: server.baseUrl, api_key: 'sk-test' } }
const house = await openHouse(PLUGINS, [], { plugins: { models: { providers } } })
const allow = { net: [server.origin], 'net-private': [server.origin] }
const model = createOpenAI({ baseURL: server.baseUrl, apiKey: 'sk-test' }).chat(MODEL)

function check(found: unknown): void {
  if (found !== WANTED) throw new Error(`expected ${WANTED} characters, found ${String(found)}`)
}

async function sdk(): Promise<number> {
  const started = performance.now()
  let found = 0
  for await (const text of streamText({ model, prompt: 'Go.' }).textStream) found += text.length
  check(found)
  return performance.now() - started
}

const LUA = `local n = 0
for chunk in Agent.create{ model = "openai/${MODEL}" }:stream("Go.") do
  if chunk.type == "text" then n = n + #chunk.text end
end
return n`
const JAVASCRIPT = `let n = 0
const agent = await Agent.create({ model: 'openai/${MODEL}' })
for await (const chunk of agent.stream('Go.')) if (chunk.type === 'text') n += chunk.text.length
return n`

/** Most that was held beyond the start, in bytes, over all rounds of a side. */
const growth = new Map<string, number[]>()

function script(name: string, file: string, source: string, isolation: 'inline' | 'worker'): Side {
  const run = async (): Promise<number> => {
    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
    const started = performance.now()
    try {
      check((await house.runtime.run({ source, file, allow, isolation })).value)
      return performance.now() - started
    } finally {
      clearInterval(watch)
      growth.set(name, [...(growth.get(name) ?? []), most - before])
    }
  }
  return { name, run }
}

const sides: readonly Side[] = [
  { name: "AI SDK's textStream in the host", run: sdk },
  script('Lua', 'a.lua', LUA, 'inline'),
  script('Lua in a worker', 'a.lua', LUA, 'worker'),
  script('JavaScript', 'a.js', JAVASCRIPT, 'inline'),
  script('JavaScript in a worker', 'a.js', JAVASCRIPT, 'worker'),
]

const seen = await inTurn(sides, ROUNDS)
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
const rows = sides.map(({ name }, i): Row => {
  const figure = ms(median(seen[i]!))
  const grown = growth.get(name)
  if (!grown) return { what: name, figure }
  const more = mib(Math.max(...grown.slice(-ROUNDS)))
  return {
    what: name,
    figure: `${figure}, ${times(ratio(seen[i]!, seen[0]!))}, +${more}`,
    aim: '2x, 32 MiB',
  }
})
report(`${PIECES} pieces from a server on the loopback`, rows)

// Beside the packages, where the AI SDK is found.
const folder = mkdtempSync(join(ROOT, 'test', 'bench', '.first-'))
try {
  const lua = join(folder, 'first.lua')
  const bare = join(folder, 'first.mjs')
  writeFileSync(
    lua,
    `for chunk in Agent.create{ model = "openai/stream-1" }:stream("Go.") do
  if chunk.type == "text" then print(chunk.text) end
end`,
  )
  writeFileSync(
    bare,
    `import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
const model = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, apiKey: 'sk-test' }).chat('stream-1')
for await (const text of streamText({ model, prompt: 'Go.' }).textStream) console.log(text)`,
  )
  const env = { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test' }
  const flags = [`--allow-net=${server.origin}`, '--allow-net-private']
  const [alone, ours] = (await inTurn(
    [
      { name: 'sdk', run: () => processTime([bare], 'word \n', env) },
      { name: 'ours', run: () => processTime([BIN, 'run', '-q', ...flags, lua], 'word \n', env) },
    ],
    11,
    1,
  )) as [number[], number[]]
  report('A whole process, from its start to the first piece of an answer', [
    { what: 'the AI SDK alone', figure: ms(median(alone)) },
    { what: 'llmspell run', figure: `${ms(median(ours))}, ${times(ratio(ours, alone))}` },
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
await house.kernel.stop()
