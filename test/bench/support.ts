import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'

/** The built command line. */
export const BIN = join(ROOT, 'cli', 'dist', 'bin.cjs')

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** One way of doing a thing; `run` gives its ms, or does it and is timed from outside. */
export interface Side {
  readonly name: string
  run(): number | Promise<number>
}

/**
 * Runs the sides in turn, round by round and each round from the other end, so that neither a change
 * of the machine's speed nor what one leaves behind meets always the same.
 */
export async function inTurn(
  sides: readonly Side[],
  rounds: number,
  warmup = 2,
): Promise<number[][]> {
  const times: number[][] = sides.map(() => [])
  for (let round = -warmup; round < rounds; round++) {
    const order = [...sides.entries()]
    for (const [i, side] of round % 2 === 0 ? order : order.reverse()) {
      const ms = await side.run()
      if (round >= 0) times[i]!.push(ms)
    }
  }
  return times
}

/** Median of the ratios a/b, pair by pair. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((ms, i) => ms / b[i]!))
}

/** ms of a whole process; what it prints must be what is expected. @throws where it is not */
export function processTime(
  args: readonly string[],
  expected: string,
  env: NodeJS.ProcessEnv = {},
): number {
  const started = performance.now()
  const { stdout, status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  const ms = performance.now() - started
  if (status !== 0 || stdout !== expected) {
    throw new Error(`${args.join(' ')} gave ${JSON.stringify(stdout)} (exit ${status})\n${stderr}`)
  }
  return ms
}

/** A folder that goes when `fn` is done. */
export async function inFolder<T>(fn: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-bench-'))
  try {
    return await fn(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A row of a result table; `aim` says what was asked for. */
export interface Row {
  readonly what: string
  readonly figure: string
  readonly aim?: string
}

/** Prints the machine once and a table of at most 80 columns. */
export function report(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length))
  const lines = rows.map(
    ({ what, figure, aim }) => `  ${what.padEnd(width)}  ${figure}${aim ? `  (aim ${aim})` : ''}`,
  )
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`
  process.stdout.write(`${title}\n  ${machine}\n${lines.join('\n')}\n\n`)
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`
export const times = (value: number): string => `${value.toFixed(2)}x`

const METER = `
const { writeFileSync, readFileSync } = require('node:fs')
process.on('exit', () => {
  let smaps = ''
  try { smaps = readFileSync('/proc/self/smaps_rollup', 'utf8') } catch {}
  const kib = (key) => Number(new RegExp('^' + key + ': *(\\\\d+)', 'm').exec(smaps)?.[1] ?? 0)
  const memory = { peak: process.resourceUsage().maxRSS, private: kib('Private_Dirty') + kib('Private_Clean') }
  writeFileSync(process.env.LLMSPELL_METER, JSON.stringify(memory))
})`

/** KiB at the end of a process, measured from inside it. `private` is 0 where the system has no /proc. */
export interface Memory {
  readonly peak: number
  readonly private: number
}

export function processMemory(args: readonly string[], expected: string, folder: string): Memory {
  const meter = join(folder, 'meter.cjs')
  const out = join(folder, 'memory.json')
  writeFileSync(meter, METER)
  processTime(['--require', meter, ...args], expected, { LLMSPELL_METER: out })
  return JSON.parse(readFileSync(out, 'utf8')) as Memory
}
