import type { Server } from 'node:http'
import type { ErrorRecord, PermissionSet, RunRequest, ToolItem, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { envelope, llmspell } from '../cli/support.ts'
import { everyPlugin, source, sourceHouse } from './house.ts'
import type { SourceHouse } from './house.ts'
import { plainly, steady } from './same.ts'
import type { Got } from './same.ts'
import { makeScene, moved, openSite, packedNotes, removeScene } from './scene.ts'

/** What --allow-all grants. */
const ALLOW: PermissionSet = {
  '*': ['*'],
  read: ['/'],
  write: ['/'],
  net: ['*:*'],
  env: ['*'],
}

let house: SourceHouse
/** The archive that examples read. */
let notes: Buffer
let site: { readonly origin: string; readonly server: Server }

beforeAll(async () => {
  process.env['LANG'] = 'C.UTF-8'
  site = await openSite()
  house = await sourceHouse(everyPlugin())
  notes = await packedNotes(house.runtime.open({ allow: ALLOW, root: '/' }))
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await new Promise((resolve) => site.server.close(resolve))
})

/** What a caller sees of a result, or of the error that was raised. */
interface Seen {
  readonly success?: boolean
  readonly text?: string
  readonly result?: unknown
  readonly error?: ErrorRecord
}
const gotOf = ({ success = false, text = '', result, error }: Seen): Got => ({
  success,
  text: success ? text : '',
  result: plainly(result),
  code: error?.code,
})
const failed = (error: unknown): Got => gotOf({ error: error as ErrorRecord })

type Caller = (name: string, input: Value, root: string) => Promise<Got>

const host: Caller = async (name, input, root) => {
  const run = house.runtime.open({ root, allow: ALLOW })
  const result = run.call('Tool', 'execute', [name, input])
  const got = await result.then((found) => gotOf(found as Seen), failed)
  await run.close()
  return got
}

const script =
  (language: 'lua' | 'javascript', text: string): Caller =>
  async (name, input, root) => {
    const options: Partial<RunRequest> = { root, allow: ALLOW, args: [name, JSON.stringify(input)] }
    return house[language](text, options).then(({ value }) => gotOf(value as Seen), failed)
  }

const CALLERS: Readonly<Record<string, Caller>> = {
  Lua: script('lua', 'return Tool.execute(ARGS[1], JSON.parse(ARGS[2], { null = "keep" }))'),
  JavaScript: script('javascript', 'return await Tool.execute(ARGS[1], JSON.parse(ARGS[2]))'),
  'the command line': async (name, input, root) => {
    const words = ['tool', 'invoke', name, '--params', '-', '--json', '--allow-all', '--no-ask']
    const env = { LANG: 'C.UTF-8' }
    return gotOf(envelope(await llmspell(words, { cwd: root, env, input: JSON.stringify(input) })))
  },
  'an agent': agent('result'),
}

/** A scripted model that calls the tool: what its agent lists, or what the model was told. */
function agent(what: 'result' | 'text'): Caller {
  return async (name, input, root) => {
    const replies = [{ tool_calls: [{ name, input }] }, 'done']
    const model = { provider: 'mock', model: 'scripted', settings: { replies } }
    const args = [JSON.stringify({ model, tools: [name] })]
    const { value } = await house.javascript(AGENT, { root, allow: ALLOW, args })
    const { result, error, text } = value as Seen
    return gotOf({ success: error === undefined || what === 'text', text, result, error } as Seen)
  }
}

/** The call as the agent lists it, and what its model was told. */
const AGENT = `
  const agent = await Agent.create(JSON.parse(ARGS[1]))
  const answer = await agent.execute('Go.')
  const [call] = answer.toolCalls
  const told = answer.messages.find(({ role }) => role === 'tool')
  return { result: call.result, error: call.error, text: told.content[0].text }`

const EXAMPLES = everyPlugin().flatMap((plugin) => {
  const items = (source(plugin).manifest.contributes?.['tools'] ?? []) as unknown as ToolItem[]
  return items.flatMap(({ name, reports = [], examples = [] }) =>
    examples.map(({ input }, i) => ({ name, reports, input, number: i + 1 })),
  )
})

/** One call in a scene of its own: what a tool writes is not there for the next. */
async function inScene(caller: Caller, name: string, input: Value): Promise<Got> {
  const root = makeScene(notes)
  try {
    const got = await caller(name, moved(input, site.origin), root)
    return JSON.parse(JSON.stringify(got).replaceAll(root, '<root>')) as Got
  } finally {
    removeScene(root)
  }
}

/** Facts of a machine that another process, or a moment later, has otherwise. */
const PASSING: Readonly<Record<string, RegExp>> = {
  'system-info': /^(?:process_bytes|free_bytes|uptime_s|now|load\w*|text)$/,
}

describe.each(EXAMPLES)('$name, example $number', ({ name, input, reports }) => {
  test('gives the same from everywhere, and its text to a model', async () => {
    const [one, other] = [await inScene(host, name, input), await inScene(host, name, input)]
    const passing = PASSING[name]
    const told = (got: Got) => steady(plainly(got), plainly(one), plainly(other), passing)
    expect(one.success || reports.includes(one.code!)).toBe(true)
    for (const [who, caller] of Object.entries(CALLERS)) {
      const came = await inScene(caller, name, input)
      // What an agent lists of a call has no text.
      const got = who === 'an agent' ? { ...came, text: one.text } : came
      expect({ who, got: told(got) }).toEqual({ who, got: told(one) })
    }
    const lasts = one.success && one.text === other.text && passing === undefined
    const model = await inScene(agent('text'), name, input)
    expect(model.text).toContain(lasts ? one.text : '')
  })
})

test('there are at least twenty tools, each with an example', () => {
  expect(new Set(EXAMPLES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20)
})
