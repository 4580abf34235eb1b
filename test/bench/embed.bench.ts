// llmspell in a host: the first script and the hundredth, through the runtime, the bare kernel, and what a host could use instead.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'
import { SIDES } from './embed/sides.ts'
import { peers } from './peers.ts'
import { ms, report } from './support.ts'

const ROUNDS = 7
const FIRST = join(ROOT, 'test', 'bench', 'embed', 'first.ts')

/** The best round: what a busy machine adds is no property of a library. */
const best = (all: readonly number[]): number => Math.min(...all)

interface Seen {
  readonly first: number
  readonly hundredth: number
}

await peers()
const names = Object.keys(SIDES)
const seen = new Map(names.map((name) => [name, [] as Seen[]]))
for (let round = 0; round < ROUNDS; round++)
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const found = execFileSync(process.execPath, [FIRST, name], { encoding: 'utf8' })
    seen.get(name)!.push(JSON.parse(found) as Seen)
  }
report(
  'Embedded: ms to the first value, loading included; the hundredth',
  names.map((what) => {
    const rows = seen.get(what)!
    const [first, hundredth] = [
      best(rows.map((row) => row.first)),
      best(rows.map((row) => row.hundredth)),
    ]
    return { what, figure: `${ms(first).padStart(10)}  ${ms(hundredth).padStart(9)}` }
  }),
)
process.exit()
