import { isDeepStrictEqual } from 'node:util'
import { createRuntime, type Runtime } from '@llmspell/runtime'
import type { BusEvent } from '@llmspell/sdk'
import type {} from '@llmspell/tools'

/** One of several runtimes in a process, with things of its own under names that the others have too. */
export interface Party {
  readonly name: string
  readonly runtime: Runtime
  /** What its hook and its bus have seen. */
  readonly seen: { readonly calls: Set<string>; readonly events: Set<string> }
  /** Takes them away. How many hook points are in use that were not before. */
  left(): number
}

/** Opens a runtime that is different from others wherever it can be. */
export async function openParty(name: string): Promise<Party> {
  const models = { aliases: { [`of-${name}`]: 'mock/demo' } }
  const config = { plugins: { 'provider-mock': { delay_ms: 0 }, models } }
  const runtime = createRuntime({ config })
  const seen = { calls: new Set<string>(), events: new Set<string>() }
  const facts = { description: 'Says whose it is.', effect: 'pure', input: INPUT } as const
  const tell = () => ({ result: { owner: name } })
  await runtime.tools.define({ name: `only-${name}`, ...facts }, tell)
  await runtime.tools.define({ name: 'shared', ...facts }, tell)
  const hooks = await runtime.use('hooks')
  const used = hooks.list().filter((point) => point.used).length
  const undo = hooks.tap('tool.input', ({ params }) => {
    seen.calls.add((params as { asker: string }).asker)
    return undefined
  })
  const hear = ({ data }: BusEvent): void => {
    seen.events.add((data as { owner: string }).owner)
  }
  const heard = await runtime.events.on('party.*', hear)
  const left = (): number => {
    undo()
    heard.close()
    return hooks.list().filter((point) => point.used).length - used
  }
  return { name, runtime, seen, left }
}

const INPUT = {
  type: 'object',
  required: ['asker'],
  additionalProperties: false,
  properties: { asker: { type: 'string' } },
}

/** Each asks one thing, by turns: 2,000 scripts that ask all cost twice as much. */
const LUA = [
  `
assert(not Tool.exists("only-" .. other))
local found = Tool.execute("only-" .. owner, { asker = owner }).result.owner`,
  `local found = Tool.shared{ asker = owner }.result.owner`,
  `
State.save("custom:rows", "k" .. ARGS[2], owner)
State.save("global", "who", owner)
local found = State.load("global", "who")`,
  `
Event.publish("party." .. ARGS[2], { owner = owner })
local found = owner`,
].map(
  (text) => `
local owner, other = ARGS[1], ARGS[3]
local before = leaked
leaked = owner
${text}
return { found = found, before = before or "none" }`,
)
const JS = `
const { 1: owner, 2: i, 3: other } = ARGS
if (await Tool.exists('only-' + other)) throw new Error('The tool of another runtime is there')
const told = (await Tool.execute('only-' + owner, { asker: owner })).result.owner
const shared = (await Tool.shared({ asker: owner })).result.owner
await State.save('global', 'who', owner)
await State.save('custom:rows', 'k' + i, owner)
await Event.publish('party.' + i, { owner })
const before = globalThis.leaked ?? 'none'
globalThis.leaked = owner
const all = new Set([told, shared, await State.load('global', 'who')])
export default { found: [...all].join(), before }
`
const AGENT = `
local owner, other = ARGS[1], ARGS[3]
assert(not pcall(Agent.create, { model = "of-" .. other }))
local agent = Agent.create{ name = "same", model = "of-" .. owner, tools = { "shared" } }
local answer = agent:execute('Call shared {"asker": "' .. owner .. '"}')
return { told = answer.tool_calls[1].result.owner, agents = #Agent.list() }
`

/** Of a script what it found that is not its own runtime's: nothing, where they are apart. */
export async function script(party: Party, other: string, i: number): Promise<string | undefined> {
  const { name, runtime } = party
  const isLua = i % 10 > 0
  const isAgent = i % 50 === 1
  const source = isAgent ? AGENT : isLua ? LUA[i % LUA.length]! : JS
  const engine = isLua ? 'lua' : 'javascript'
  const request = { source, engine, args: [name, String(i), other] }
  const { value } = await runtime.run<Record<string, unknown>>(request)
  const same = isDeepStrictEqual(
    { ...value },
    isAgent ? { told: name, agents: 1 } : { found: name, before: 'none' },
  )
  return same ? undefined : `${engine} ${i}: ${JSON.stringify(value)}`
}

/** Runs all of them, `most` at a time for each party, and gives what went wrong. */
export async function runAll(
  parties: readonly Party[],
  count: number,
  most: number,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const lane = async (party: Party, next: () => number | undefined): Promise<void> => {
    const other = parties.find((each) => each !== party)!.name
    for (let i = next(); i !== undefined; i = next()) {
      const found = await script(party, other, i)
      if (found !== undefined) wrong.push(`${party.name} ${found}`)
    }
  }
  const lanes = parties.flatMap((party) => {
    let i = 0
    const next = (): number | undefined => (i < count ? ++i : undefined)
    return Array.from({ length: most }, () => lane(party, next))
  })
  await Promise.all(lanes)
  return wrong
}
