// Every engine against its own library, and the engines against one another, in one run and in turn.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { places } from '../corpus/children.ts'
import { ROOT } from '../support/root.ts'
import { openBench, timeOf } from './engines/ours.ts'
import { LIBRARIES, type RawState } from './engines/raw.ts'
import { ALL, type Work } from './engines/work.ts'
import { inTurn, report, times, type Row } from './support.ts'

const ROUNDS = 5
/** The best round: what a busy machine adds is no property of an engine. */
const best = (ms: readonly number[]): number => Math.min(...ms)
const START = join(ROOT, 'test', 'bench', 'engines', 'start.ts')

const all = places()
const engines = [...new Map(all.map((place) => [place.engine, place])).values()]
const house = await openBench(all.map(({ plugin }) => plugin))
const states = new Map<string, RawState>()

async function rawTime(engine: string, work: Work): Promise<number> {
  const started = performance.now()
  const found = await states.get(engine)!.run(work)
  const ms = performance.now() - started
  if (found === undefined) return Number.NaN
  if (found !== work.value) throw new Error(`${engine}: ${work.name} gave ${JSON.stringify(found)}`)
  return ms
}

/** ms, and µs a call where it is calls that count. */
function figure(ms: number, { count, host }: Work): string {
  if (Number.isNaN(ms)) return 'not offered'
  const each = host === 'calls' ? `  ${((ms * 1000) / count!).toFixed(2)} us each` : ''
  return `${ms.toFixed(1).padStart(8)} ms${each}`
}

for (const work of ALL) {
  // Fresh ones: wasmoon loses its globals some time after awaited calls.
  for (const { engine } of engines) states.set(engine, await LIBRARIES[engine]!.open())
  const sides = engines.flatMap(({ engine }) => [
    { name: LIBRARIES[engine]!.name, raw: engine, run: () => rawTime(engine, work) },
    ...all
      .filter((place) => place.engine === engine)
      .map((place) => ({
        name: `  ${engine}, ${place.isolation}`,
        raw: engine,
        run: () => timeOf(house, place, work),
      })),
  ])
  const found = (await inTurn(sides, ROUNDS, 1)).map(best)
  const rows = sides.map(({ name, raw }, i): Row => {
    const own = found[sides.findIndex((side) => side.raw === raw)]!
    const against = name.startsWith(' ') && !Number.isNaN(own) ? `  ${times(found[i]! / own)}` : ''
    return { what: name, figure: figure(found[i]!, work) + against }
  })
  report(work.name, rows)
  for (const state of states.values()) state.close()
}

const starts = (args: readonly string[]): { first: number; next: number } =>
  JSON.parse(execFileSync(process.execPath, [START, ...args], { encoding: 'utf8' })) as never
const sides = engines.flatMap(({ engine, plugin }) => [
  { what: LIBRARIES[engine]!.name, args: [engine] },
  { what: `  ${engine}`, args: [engine, plugin] },
])
const seen = sides.map((): { first: number; next: number }[] => [])
for (let round = 0; round < ROUNDS; round++)
  for (const [i, { args }] of sides.entries()) seen[i]!.push(starts(args))
report(
  'Start of a session, ms to the end of a script: first (code from disk), next',
  sides.map(({ what }, i) => ({
    what,
    figure: [seen[i]!.map(({ first }) => first), seen[i]!.map(({ next }) => next)]
      .map((ms) => best(ms).toFixed(1).padStart(7))
      .join('  '),
  })),
)
await house[Symbol.asyncDispose]()
