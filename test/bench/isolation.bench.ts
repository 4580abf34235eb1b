// What a process of its own costs a tool: at its first call, and at each of the others.
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { ROOT } from '../support/root.ts'
import { median, ms, report } from './support.ts'

const CALLS = 200
const ROUNDS = 5
const NEEDED = [
  'permissions',
  'secrets',
  'files',
  'sandbox',
  'isolation',
  'tools',
  'tool-calculator',
  'engine-lua',
  'script-runtime',
]

/** Milliseconds of the first call, and of each further one, by the clock of one script. */
async function measure(hosted: Readonly<Record<string, string>>) {
  const plugins = NEEDED.map((name) => join(ROOT, 'plugins', name))
  await using kernel = createKernel({ plugins, hosted })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  const call = 'Tool.calculator{ expression = "1+1" }'
  const run = async (source: string) => {
    const started = performance.now()
    await runtime.run({ source, file: 'bench.lua', allow: { unjailed: ['*'] } } as never)
    return performance.now() - started
  }
  await run('return 1')
  const first = await run(call)
  const all = await run(`for i = 1, ${CALLS} do ${call} end`)
  return { first, each: all / CALLS }
}

const inside: Awaited<ReturnType<typeof measure>>[] = []
const apart: Awaited<ReturnType<typeof measure>>[] = []
for (let round = 0; round < ROUNDS; round++) {
  inside.push(await measure({}))
  apart.push(await measure({ 'tool-calculator': 'process' }))
}
const middle = (rows: typeof inside, key: 'first' | 'each') => median(rows.map((row) => row[key]))
const [a, b] = [middle(inside, 'each'), middle(apart, 'each')]
report('A tool in a process of its own', [
  {
    what: 'first call',
    figure: `${ms(middle(inside, 'first'))} in process, ${ms(middle(apart, 'first'))} apart`,
  },
  {
    what: 'each further',
    figure: `${ms(a)} in process, ${ms(b)} apart: ${(b / a).toFixed(1)} times`,
  },
])
