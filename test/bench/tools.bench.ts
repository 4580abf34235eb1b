// What the executor costs a call of a tool, against the same work without it; in one process, in turn.
import { checkValue } from '@llmspell/sdk'
import type { Tool, ToolCall, ToolItem, Value } from '@llmspell/sdk'
import { everyPlugin, sourceHouse } from '../tools/house.ts'
import { inTurn, median, report, times } from './support.ts'
import type { Row } from './support.ts'

const CALLS = 500
const ROUNDS = 15
const AIM = 50
const WANTED = ['calculator', 'json', 'hash', 'text']

const house = await sourceHouse(everyPlugin())
const { kernel, runtime } = house
const there = new Set((await kernel.use('tools')).list().map(({ name }) => name))
const run = runtime.open()

const call: ToolCall = {
  tool: 'bench',
  subject: 'Tool bench',
  caller: 'script',
  grants: [],
  root: process.cwd(),
  signal: new AbortController().signal,
  streamed: false,
  require: () => Promise.resolve(),
  progress: () => {},
  emit: () => {},
}

interface Subject {
  readonly name: string
  readonly input: Value
  readonly result: Value
  readonly tool: Tool<Value>
}

async function subject(name: string): Promise<Subject> {
  const { item } = kernel.extensions.find<ToolItem & Record<string, unknown>>('tools', name)!
  const tool = (await kernel.extensions.get('tools', name)) as Tool<Value>
  const { input } = item.examples![0]!
  const { result } = await tool.execute(filled(tool, input), call)
  return { name, tool, input, result }
}

/** The input with its defaults. */
function filled({ validate }: Tool<Value>, input: Value): Value {
  const copy = structuredClone(input)
  validate?.(copy)
  return copy
}

/** us of one call, the mean of many. */
async function timed(once: () => unknown): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < CALLS; i++) await once()
  return ((performance.now() - started) * 1000) / CALLS
}

/** The library's work alone: input that is checked already, no limit, no result made. */
function bare({ tool, input }: Subject): () => unknown {
  const checked = filled(tool, input)
  return () => tool.execute(checked, call)
}

const executed =
  ({ name, input }: Subject) =>
  () =>
    run.call('Tool', 'execute', [name, input])

/** Both compiled checks, as the executor makes them. */
function checks({ tool, input, result }: Subject): () => unknown {
  const checked = filled(tool, input)
  return () => tool.validate?.(checked) && tool.validateOutput?.(result) && checkValue(result)
}

/** The limit of time that every call has, alone. */
async function limit(): Promise<void> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 30_000)
  await Promise.race([Promise.resolve(), Promise.withResolvers().promise])
  clearTimeout(timer)
}

const subjects = await Promise.all(WANTED.filter((name) => there.has(name)).map(subject))
const parts = [
  { name: 'door', run: () => timed(() => run.call('Tool', 'exists', ['calculator'])) },
  { name: 'limit', run: () => timed(limit) },
]
const sides = subjects.flatMap((one) => [
  { name: `${one.name} bare`, run: () => timed(bare(one)) },
  { name: `${one.name} executed`, run: () => timed(executed(one)) },
  { name: `${one.name} checks`, run: () => timed(checks(one)) },
])
const [door, limits, ...all] = (await inTurn([...parts, ...sides], ROUNDS)).map(median)
const us = (value: number): string => `${value.toFixed(1)} us`
const rows: Row[] = subjects.map(({ name }, i) => {
  const [alone, whole, checked] = all.slice(3 * i, 3 * i + 3) as [number, number, number]
  const added = `${us(whole - alone)} more, ${us(checked)} of it checks`
  return {
    what: name,
    figure: `${us(alone)} bare, ${us(whole)} executed (${times(whole / alone)}): ${added}`,
    aim: `<= ${AIM} us more`,
  }
})
report(`Tools (${CALLS} calls a round, ${ROUNDS} rounds)`, [
  ...rows,
  { what: 'of that', figure: `the door ${us(door!)}, a time limit ${us(limits!)}` },
])
await run.close()
await house[Symbol.asyncDispose]()
