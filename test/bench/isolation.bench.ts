// What a process of its own costs a tool: at its first call, and at each of the others.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { debianProgram } from '../support/debian.ts'
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

/** Milliseconds of the first call, and of each further one: by the clock, and of this process's own time. */
async function measure(hosted: Readonly<Record<string, string>>, bubblewrap = '/no-such/bwrap') {
  const plugins = NEEDED.map((name) => join(ROOT, 'plugins', name))
  const config = { plugins: { sandbox: { bubblewrap } } }
  await using kernel = createKernel({ plugins, hosted, config })
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
  const before = process.cpuUsage()
  const all = await run(`for i = 1, ${CALLS} do ${call} end`)
  const { user, system } = process.cpuUsage(before)
  return { first, each: all / CALLS, cpu: (user + system) / 1000 / CALLS }
}

/** Milliseconds of a message of the size of a call to another process, and back: what no call apart can do without. */
async function message(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'])
  const turn = async () => {
    child.stdin.write('x'.repeat(400))
    await once(child.stdout, 'data')
  }
  await turn()
  const started = performance.now()
  for (let i = 0; i < CALLS; i++) await turn()
  const each = (performance.now() - started) / CALLS
  child.kill()
  return each
}

type Row = Awaited<ReturnType<typeof measure>>
const HOSTED = { 'tool-calculator': 'process' }
const { path: jail } = debianProgram('bubblewrap', 'bwrap')
const inside: Row[] = []
const apart: Row[] = []
const jailed: Row[] = []
const messages: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  inside.push(await measure({}))
  apart.push(await measure(HOSTED))
  if (jail !== undefined) jailed.push(await measure(HOSTED, jail))
  messages.push(await message())
}
const middle = (rows: readonly Row[], key: keyof Row) => median(rows.map((row) => row[key]))

function figures(key: keyof Row): string {
  const [a, b] = [middle(inside, key), middle(apart, key)]
  const told = `${ms(a)} in process, ${ms(b)} apart: ${(b / a).toFixed(1)} times`
  return jailed.length === 0 ? told : `${told}; ${ms(middle(jailed, key))} in a jail`
}

report('A tool in a process of its own', [
  { what: 'first call', figure: figures('first') },
  { what: 'each further', figure: figures('each') },
  {
    what: 'of that',
    figure: `${ms(middle(apart, 'cpu') - middle(inside, 'cpu'))} more work here, ${ms(median(messages))} for a message there and back`,
  },
])
