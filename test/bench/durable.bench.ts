// What the journal of a run costs, against a bare loop that appends 300 bytes and syncs them.
import { BareLog, each, JournalWork } from './journal-work.ts'
import { inFolder, inTurn, median, ms, report, times } from './support.ts'
import type { Row, Side } from './support.ts'

const ROUNDS = 9
const APPENDS = 300
const CALLS = 300
const FLOWS = 20
const FINISHED = 10_000
const BRANCHES = 1_000
/** Runs at a time, calls of each in a round, and how many times the bare rate is aimed at. */
const LANES = [
  { lanes: 1, calls: 300, aim: '0.5x' },
  { lanes: 16, calls: 100, aim: '3x, the least 0.5x' },
  { lanes: 64, calls: 50, aim: '8x' },
] as const

const us = (value: number): string => `${(value * 1000).toFixed(0)} us`
const perSecond = (side: readonly number[]): string => `${(1000 / median(side)).toFixed(0)}/s`

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}

function sidesOf(bare: BareLog, work: JournalWork): Side[] {
  const timed = { timed: true }
  return [
    { name: 'bare', run: () => each(APPENDS, () => bare.append(APPENDS)) },
    ...LANES.map(({ lanes, calls }) => ({
      name: `${lanes}`,
      run: () => each(lanes * calls, () => work.lanes(lanes, calls, lanes === 1 ? timed : {})),
    })),
    { name: 'os', run: () => each(CALLS, () => work.lanes(1, CALLS, {}, 'os')) },
    {
      name: 'pure',
      run: () => each(CALLS, () => work.lanes(1, CALLS, { effect: 'pure', ...timed })),
    },
    { name: 'flow', run: () => each(FLOWS, () => work.flows(FLOWS)) },
    { name: 'branches', run: () => each(1, () => work.branches(BRANCHES)) },
    { name: 'runs', run: () => each(1, () => work.runs(BRANCHES, 50)) },
  ]
}

/** ms of replays of one run. */
async function replays(work: JournalWork): Promise<number[]> {
  const replay = await work.finished(FINISHED)
  const all: number[] = []
  for (let i = 0; i < 5; i++) all.push(await each(1, replay))
  return all
}

function rowsOf(
  all: ReadonlyMap<string, readonly number[]>,
  bare: BareLog,
  work: JournalWork,
  replayed: number,
): Row[] {
  const side = (name: string): readonly number[] => all.get(name)!
  const p50 = median(bare.times)
  const latency = (seen: readonly number[]): string => {
    const [half, most] = [median(seen), quantile(seen, 0.99)]
    return `p50 ${us(half)}, p99 ${us(most)}: ${times(half / p50)} and ${times(most / p50)}`
  }
  const against = (other: readonly number[]): string =>
    `${perSecond(other)}, ${times(median(side('bare').map((mine, i) => mine / other[i]!)))}`
  return [
    {
      what: 'bare: 300 bytes and fdatasync',
      figure: `${perSecond(side('bare'))}, p50 ${us(p50)}, p99 ${us(quantile(bare.times, 0.99))}`,
    },
    ...LANES.map(({ lanes, aim }) => ({
      what: `calls on disk, ${lanes} runs at a time`,
      figure: against(side(`${lanes}`)),
      aim,
    })),
    {
      what: 'one idempotent call',
      figure: latency(work.times.idempotent),
      aim: 'at most 2x and 5x',
    },
    { what: 'one pure call', figure: latency(work.times.pure), aim: 'at most 0.3x' },
    {
      what: 'os against sync, one run',
      figure: times(median(side('1')) / median(side('os'))),
      aim: '3x',
    },
    {
      what: 'three steps, submit to result',
      figure: `${ms(median(side('flow')))}, ${times(median(side('flow')) / p50)}`,
      aim: 'at most 8x',
    },
    {
      what: `${BRANCHES} branches of one step`,
      figure: `${ms(median(side('branches')))}, ${times(median(side('branches')) / median(side('runs')))} of as many runs`,
      aim: 'at most 1000 ms, 2x',
    },
    {
      what: `replay of ${FINISHED} calls`,
      figure: `${ms(replayed)}, ${times(replayed / FINISHED / p50)} each`,
      aim: 'at most 1000 ms, 0.1x',
    },
  ]
}

await inFolder(async (folder) => {
  const bare = new BareLog(folder)
  await using work = await JournalWork.open(folder)
  const sides = sidesOf(bare, work)
  const measured = await inTurn(sides, ROUNDS)
  const all = new Map(sides.map(({ name }, i) => [name, measured[i]!]))
  const replayed = median(await replays(work))
  report(
    'The journal against a bare loop of appends (x: its rate, or its p50)',
    rowsOf(all, bare, work, replayed),
  )
  bare.close()
})
