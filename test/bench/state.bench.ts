// A store of ours against the bare database that it stands on: the same values, the same syncs, in one process.
import { join } from 'node:path'
import { openBare, openOurs, valueOf, type Store } from './state-work.ts'
import { inFolder, inTurn, median, ms, ratio, report, times } from './support.ts'
import type { Row } from './support.ts'

const ROUNDS = 9
const KEPT = 2_000
const MANY = Number(process.env.LLMSPELL_BENCH_KEYS ?? 1_000_000)
const AT_ONCE = 1_000
const GETS = 2_000
/** Spreads numbers over all keys. */
const FAR = 7_919

interface Doing {
  readonly what: string
  readonly count: number
  run(store: Store, n: number): Promise<unknown>
}

const DOINGS: readonly Doing[] = [
  { what: 'get', count: KEPT, run: (store, n) => store.get(n) },
  { what: 'put, os', count: 1_000, run: (store, n) => store.put(n, false) },
  { what: 'put, sync', count: 200, run: (store, n) => store.put(n, true) },
  { what: 'batch of 100, os', count: 20, run: (store, n) => store.batch(n * 100, 100, false) },
  { what: 'batch of 100, sync', count: 20, run: (store, n) => store.batch(n * 100, 100, true) },
]

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const round = (store: Store, { count, run }: Doing): Promise<number> =>
  timeOf(async () => {
    for (let n = 0; n < count; n++) await run(store, n)
  })

async function filled(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) await store.batch(n, AT_ONCE, false)
}

/** @throws where a store does not hold what was put into it */
async function check(store: Store, keys: number): Promise<void> {
  if ((await store.count()) !== keys) throw new Error(`Expected ${keys} keys.`)
  for (const n of [0, 1, keys - 1]) {
    const found = JSON.stringify(await store.get(n))
    if (found !== JSON.stringify(valueOf(n))) throw new Error(`Key ${n} has ${found}.`)
  }
}

async function compared(folder: string): Promise<Row[]> {
  const stores = [await openBare(join(folder, 'bare')), await openOurs(join(folder, 'ours'))]
  for (const store of stores) await filled(store, KEPT)
  const sides = DOINGS.flatMap((doing) =>
    stores.map((store) => ({ name: doing.what, run: () => round(store, doing) })),
  )
  const all = await inTurn(sides, ROUNDS)
  for (const store of stores) {
    await check(store, KEPT)
    await store.close()
  }
  return DOINGS.map(({ what, count }, i) => {
    const [bare, ours] = [all[2 * i]!, all[2 * i + 1]!]
    const rate = (side: readonly number[]): string => ((count * 1000) / median(side)).toFixed(0)
    const figure = `${rate(ours)}/s, bare ${rate(bare)}/s: ${times(ratio(bare, ours))}`
    return { what, figure, aim: '0.7x' }
  })
}

/** ms of each part of the life of a large store. */
async function large(open: (folder: string) => Promise<Store>, folder: string) {
  let store = await open(folder)
  const fill = await timeOf(() => filled(store, MANY))
  await store.close()
  const start = await timeOf(async () => (store = await open(folder)))
  const gets = await round(store, { what: '', count: GETS, run: (s, n) => s.get((n * FAR) % MANY) })
  const scan = await timeOf(() => check(store, MANY))
  await store.close()
  return { fill, start, gets, scan }
}

async function largeRows(folder: string): Promise<Row[]> {
  const bare = await large(openBare, join(folder, 'large-bare'))
  const ours = await large(openOurs, join(folder, 'large-ours'))
  const row = (what: string, part: keyof typeof ours): Row => ({
    what,
    figure: `${ms(ours[part])}, bare ${ms(bare[part])}: ${times(bare[part] / ours[part])}`,
  })
  return [
    row(`written, ${AT_ONCE} at once`, 'fill'),
    row('opened again, ours with its kernel', 'start'),
    row(`${GETS} of them read`, 'gets'),
    row('all of them read', 'scan'),
  ]
}

await inFolder(async (folder) => {
  report('State on level against the bare database (x: its rate)', await compared(folder))
  report(`A store of ${MANY} keys (x: the rate of the bare one)`, await largeRows(folder))
})
