// Hooks on against hooks off, on a tool call that reads a file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metrics } from '@llmspell/hook-metrics'
import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, type Run } from '@llmspell/sdk'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { inFolder, inTurn, median, ratio, report, times } from './support.ts'

// Many short rounds: other work on the machine then meets both sides of most of them alike.
const CALLS = 20
const ROUNDS = 1000
const WARMUP = 200
const POINTS = ['tool.guard', 'tool.input', 'tool.output', 'tool.done'] as const

let tapped = 0
/** Six taps: three before the tool runs, three after. */
const listeners: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'listeners',
    main: './listeners.js',
    phase: 'core',
    contributes: { hooks: POINTS },
  },
  plugin: definePlugin({
    setup(ctx) {
      const tap = async (): Promise<undefined> => void tapped++
      ctx.tap('tool.guard', tap)
      ctx.tap('tool.guard', tap)
      ctx.tap('tool.input', tap)
      ctx.tap('tool.output', tap)
      ctx.tap('tool.done', tap)
      ctx.tap('tool.done', tap)
    },
  }),
}

async function readMany(run: Run, file: string): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < CALLS; i++) {
    const { text } = (await run.call('Tool', 'execute', ['file-read', { path: file }])) as {
      text: string
    }
    if (text.length !== 4000) throw new Error(`expected 4000 characters, found ${text.length}`)
  }
  return performance.now() - started
}

function open(house: House, root: string): Run {
  return house.runtime.open({ root, allow: { read: ['.'] } })
}

await inFolder(async (folder) => {
  writeFileSync(join(folder, 'page.txt'), 'x'.repeat(4000))
  await using off = await openHouse(ALL)
  await using on = await openHouse(ALL, [listeners])
  await using runOff = open(off, folder)
  await using runOn = open(on, folder)
  const sides = [
    { name: 'hooks off', run: () => readMany(runOff, 'page.txt') },
    { name: 'hooks on', run: () => readMany(runOn, 'page.txt') },
  ]
  const [without, within] = (await inTurn(sides, ROUNDS, WARMUP)) as [number[], number[]]
  const expected = 6 * CALLS * (ROUNDS + WARMUP)
  if (tapped !== expected) throw new Error(`expected ${expected} taps, found ${tapped}`)
  const us = (all: readonly number[]): string =>
    `${((median(all) * 1000) / CALLS).toFixed(0)} us a call`
  report('Hooks on a tool call that reads a file', [
    { what: 'no tap', figure: us(without) },
    {
      what: 'six taps',
      figure: `${us(within)}, ${times(ratio(within, without))}`,
      aim: 'at most 1.05x',
    },
  ])
})

/** Logging and metrics on, as a config would have them, to a file and a folder. */
function watched(folder: string): Promise<House> {
  const plugins = {
    'hook-logging': { enabled: true, file: join(folder, 'log.jsonl') },
    'hook-metrics': { enabled: true, folder: join(folder, 'metrics') },
  }
  return openHouse([...ALL, 'hook-logging', 'hook-metrics'], [], { plugins })
}

const WATCHED_TURNS = 5
const TURN_ROUNDS = 300

async function turns(house: House): Promise<number> {
  const source = `
    local agent = Agent.create{ name = "poet", model = "mock/echo" }
    local started = Run.now()
    for i = 1, ${WATCHED_TURNS} do
      if agent:execute("two words").text ~= "two words" then error("another answer") end
    end
    return Run.now() - started`
  const started = performance.now()
  await house.lua(source)
  return performance.now() - started
}

/** What the metrics have counted at one point. */
async function counted(house: House, point: string): Promise<number> {
  const metrics = (await house.kernel.use('metrics' as never)) as Metrics
  const rows = metrics
    .snapshot()
    .counters.filter(
      ({ name, labels }) => name === 'llmspell_hook_calls_total' && labels['point'] === point,
    )
  return rows.reduce((sum, { value }) => sum + value, 0)
}

await inFolder(async (folder) => {
  writeFileSync(join(folder, 'page.txt'), 'x'.repeat(4000))
  await using off = await openHouse(ALL)
  let figures: string[] = []
  {
    await using on = await watched(folder)
    await using runOff = open(off, folder)
    await using runOn = open(on, folder)
    const calls = [
      { name: 'off', run: () => readMany(runOff, 'page.txt') },
      { name: 'on', run: () => readMany(runOn, 'page.txt') },
    ]
    const [plain, seen] = (await inTurn(calls, ROUNDS, WARMUP)) as [number[], number[]]
    const agents = [
      { name: 'off', run: () => turns(off) },
      { name: 'on', run: () => turns(on) },
    ]
    const [quiet, told] = (await inTurn(agents, TURN_ROUNDS, 20)) as [number[], number[]]
    expectCount('tool.done', await counted(on, 'tool.done'), CALLS * (ROUNDS + WARMUP))
    expectCount('agent.done', await counted(on, 'agent.done'), WATCHED_TURNS * (TURN_ROUNDS + 20))
    const perCall = ((median(plain) * 1000) / CALLS).toFixed(0)
    const perTurn = (median(quiet) / WATCHED_TURNS).toFixed(2)
    figures = [
      `${perCall} us`,
      times(ratio(seen, plain)),
      `${perTurn} ms`,
      times(ratio(told, quiet)),
    ]
  }
  const lines = readFileSync(join(folder, 'log.jsonl'), 'utf8').split('\n').filter(Boolean)
  const logged = (point: string): number =>
    lines.filter((line) => line.includes(`"point":"${point}"`)).length
  expectCount('log: tool.done', logged('tool.done'), CALLS * (ROUNDS + WARMUP))
  expectCount('log: agent.done', logged('agent.done'), WATCHED_TURNS * (TURN_ROUNDS + 20))
  const [call, callRatio, turn, turnRatio] = figures as [string, string, string, string]
  report('Logging and metrics of hooks', [
    { what: 'tool call that reads a file', figure: `${call}, ${callRatio}`, aim: 'at most 1.05x' },
    { what: 'agent turn, mock model', figure: `${turn}, ${turnRatio}`, aim: 'at most 1.01x' },
  ])
})

function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`)
}
