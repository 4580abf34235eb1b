// Hooks on against hooks off, on a tool call that reads a file.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
