// Runs a batch of the corpus in a process of its own: a crash of the host is then seen from outside.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { text } from 'node:stream/consumers'
import { setInterval } from 'node:timers'
import { isSpellError, type RunResult, type Value } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import { probePlugin } from '../support/probe.ts'
import { isSlow } from './judge.ts'
import { classesOf, sourceOf, type Batch, type Line, type Row, type Seen } from './rows.ts'

const KILL_MS = 150
const TRIES = 3
const OTHER_MS = 8000

const batch = JSON.parse(await text(process.stdin)) as Batch
const wasm = largestWasmMemory()
const plugins = ['permissions', 'files', batch.plugin, 'script-runtime']
const house = await openHouse(plugins, [probePlugin().plugin])

interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Notes how large a memory of this thread ever was. */
function largestWasmMemory(): { bytes: number } {
  const seen = { bytes: 0 }
  const { prototype } = Reflect.get(globalThis, 'WebAssembly').Memory as { prototype: Memory }
  const { grow } = prototype
  prototype.grow = function (this: Memory, pages: number): number {
    const before = grow.call(this, pages)
    seen.bytes = Math.max(seen.bytes, this.buffer.byteLength)
    return before
  }
  return seen
}

/** Lets the highest size of the process start anew. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Elsewhere the peak of the whole process has to do.
  }
}

function sizeNow(key: 'VmHWM' | 'VmRSS'): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)![1]) * 1024
  } catch {
    return process.memoryUsage.rss()
  }
}

function lagMeter(): { stop(): number } {
  let last = performance.now()
  let worst = 0
  const beat = (): void => {
    const now = performance.now()
    worst = Math.max(worst, now - last)
    last = now
  }
  const timer = setInterval(beat, 5)
  const stop = (): number => {
    clearInterval(timer)
    beat()
    return worst
  }
  return { stop }
}

const limitOf = (row: Row): number =>
  row.limits?.timeMs ?? (classesOf(row).includes('killed') ? KILL_MS : OTHER_MS)

function run(row: Row, source: string): Promise<RunResult> {
  const { engine, file, isolation } = batch
  return house.runtime.run({
    source,
    file,
    engine,
    isolation,
    seed: 'corpus',
    write: () => {},
    limits: { ...row.limits, timeMs: limitOf(row) },
  })
}

interface Outcome {
  readonly found: string
  readonly message?: string
  readonly value?: Value
}

async function outcomeOf(running: Promise<RunResult>): Promise<Outcome> {
  try {
    return { found: 'ok', value: (await running).value ?? null }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (!isSpellError(error)) return { found: 'foreign', message }
    if (code === 'TIMEOUT') return { found: 'killed', message }
    return { found: code === 'MEMORY_LIMIT' ? 'memory' : `refused:${code}`, message }
  }
}

/** In a thread, where a start is dear, the rows themselves are mostly the scripts that come next. */
const isChecked = (index: number): boolean =>
  batch.isolation === 'inline' || index % 8 === 0 || index === batch.rows.length - 1

async function see(row: Row, index: number): Promise<Seen> {
  let seen = await once(row)
  for (let n = 1; n < TRIES && isSlow(seen, batch); n++) seen = await once(row)
  return { ...seen, alive: !isChecked(index) || (await isAlive()) }
}

async function once(row: Row): Promise<Seen> {
  const source = sourceOf(row)
  globalThis.gc?.()
  resetPeak()
  wasm.bytes = 0
  const [before, meter, started] = [sizeNow('VmRSS'), lagMeter(), performance.now()]
  const outcome = await outcomeOf(run(row, source))
  const seen = {
    ms: performance.now() - started,
    limitMs: limitOf(row),
    busy: Math.max(1, loadavg()[0]! / availableParallelism()),
    lagMs: meter.stop(),
    grownBytes: sizeNow('VmHWM') - before,
    wasmBytes: wasm.bytes,
  }
  const again = row.twice ? { again: (await outcomeOf(run(row, source))).value ?? null } : {}
  return { ...outcome, ...seen, ...again, alive: true }
}

async function isAlive(): Promise<boolean> {
  const row = { ...batch.rows[0]!, limits: { timeMs: OTHER_MS } }
  return (await outcomeOf(run(row, 'return 1'))).value === 1
}

const tell = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

await isAlive()
for (const [index, row] of batch.rows.entries()) {
  tell({ type: 'start', index })
  tell({ type: 'end', index, seen: await see(row, index) })
}
await house[Symbol.asyncDispose]()
