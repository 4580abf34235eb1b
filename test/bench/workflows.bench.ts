// Steps that do nothing: our workflows beside LangGraph.js and Mastra, in memory and kept on disk. The first time, it
// installs both into test/bench/peers.
import { join } from 'node:path'
import { EXECUTIONS, hosted, native, script, workflowHouse, type ScriptChain } from './chains.ts'
import { Desk } from './executor.ts'
import { peers, type Chain } from './peers.ts'
import { inFolder, inTurn, median, ratio, report, times } from './support.ts'
import type { Row } from './support.ts'

const STEPS = 20
const ROUNDS = 15
const SCRIPTS: readonly ScriptChain[] = ['function, Lua', 'function, JavaScript', 'tool, Lua']

interface Entrant {
  readonly name: string
  readonly chain: Chain
  /** Executions in one `run`; default 1. */
  readonly executions?: number
}

/** ms of one execution, the mean of as many as a script makes at once. */
function side({ name, chain, executions = 1 }: Entrant): { name: string; run(): Promise<number> } {
  const runs = EXECUTIONS / executions
  const run = async (): Promise<number> => {
    const started = performance.now()
    for (let i = 0; i < runs; i++) {
      const sum = await chain.run()
      if (sum !== STEPS) throw new Error(`${name}: expected ${STEPS}, found ${sum}`)
    }
    return (performance.now() - started) / EXECUTIONS
  }
  return { name, run }
}

/** The first two are the others. */
async function compare(title: string, entrants: readonly Entrant[]): Promise<void> {
  const all = await inTurn(entrants.map(side), ROUNDS)
  const rows = entrants.map(({ name, chain }, i): Row => {
    const mine = all[i]!
    const rate = `${((STEPS * 1000) / median(mine)).toFixed(0)} steps/s`
    if (i < 2) return { what: name, figure: `${rate}; ${chain.semantics}` }
    const ahead = all.slice(0, 2).map((other) => times(ratio(other, mine)))
    const figure = `${rate}, ${ahead[0]} of LangGraph, ${ahead[1]} of Mastra; ${chain.semantics}`
    return { what: name, figure, aim: 'ahead of both' }
  })
  report(`${title}: a sequence of ${STEPS} steps that do nothing`, rows)
  for (const { name, chain } of entrants) {
    if (chain.saved && (await chain.saved()) < 1) throw new Error(`${name} has kept nothing`)
    await chain.close?.()
  }
}

const { langgraph, mastra } = await peers()
const steps = STEPS

{
  await using house = await workflowHouse()
  await using desk = await Desk.open()
  await compare('In memory', [
    { name: 'LangGraph.js', chain: await langgraph.open({ steps }) },
    { name: 'Mastra', chain: await mastra.open({ steps }) },
    { name: 'native definition', chain: native(desk, steps, 'os') },
    { name: 'function, host', chain: await hosted(house, steps) },
    ...SCRIPTS.map((kind) => ({
      name: kind,
      chain: script(house, { kind, steps }),
      executions: EXECUTIONS,
    })),
  ])
}

const LEVELS = [
  ['Kept, survives the process', 'os', 'NORMAL'],
  ['Kept, survives loss of power', 'sync', 'FULL'],
] as const

for (const [title, durability, synchronous] of LEVELS) {
  await inFolder(async (folder) => {
    await using house = await workflowHouse(join(folder, 'scripts'))
    await using desk = await Desk.open(join(folder, 'native'))
    const file = (name: string): string => join(folder, `${name}.db`)
    await compare(title, [
      {
        name: 'LangGraph.js',
        chain: await langgraph.open({ steps, file: file('langgraph'), synchronous }),
      },
      { name: 'Mastra', chain: await mastra.open({ steps, file: file('mastra'), synchronous }) },
      { name: 'native definition', chain: native(desk, steps, durability) },
      ...SCRIPTS.map((kind) => ({
        name: kind,
        chain: script(house, { kind, steps, durability }),
        executions: EXECUTIONS,
      })),
    ])
  })
}
