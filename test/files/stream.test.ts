import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'

const MIB = 2 ** 20
const SIZE = 1024 * MIB
const MOST_GROWTH = 64 * MIB
const RUN = { allow: { read: ['.'] }, limits: { timeMs: 300_000 } }

let house: House
let root = ''

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'stream-'))
  make('large.bin', SIZE)
  make('warm.bin', 16 * MIB)
  house = await openHouse(undefined, [hostPlugin])
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

/** Holes, and blocks of differing lines between them: every tenth MiB is stored. */
function make(name: string, size: number): void {
  const path = join(root, name)
  const file = openSync(path, 'w')
  const block = Buffer.alloc(MIB)
  for (let at = 0; at < size; at += 10 * MIB) {
    for (let i = 0; i < MIB; i += 64)
      block.write(`${at + i} lamps and kettles`.padEnd(63) + '\n', i)
    writeSync(file, block, 0, MIB, at)
  }
  closeSync(file)
  truncateSync(path, size)
}

/** The highest memory of the process, in two parts. */
class Meter {
  readonly #before = process.memoryUsage.rss()
  readonly #started = performance.now()
  #peak = this.#before
  #first = this.#before
  readonly #timer = setInterval(() => {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
  }, 10)

  /** From here on the second part. */
  split(): void {
    this.#first = this.#peak
    this.#peak = process.memoryUsage.rss()
  }

  /** How much more the second part took than the first; without a split, than there was before. In bytes. */
  stop(who: string): number {
    clearInterval(this.#timer)
    const speed = SIZE / MIB / ((performance.now() - this.#started) / 1000)
    const [more, all] = [this.#first, this.#before].map((from) => (this.#peak - from) / MIB)
    const text = `${who}: ${speed.toFixed(0)} MB/s, ${more!.toFixed(0)} MiB more, ${all!.toFixed(0)} in all`
    process.stdout.write(`${text}\n`)
    return this.#peak - this.#first
  }
}

async function digestOf(chunks: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk as string, 'latin1')
  return hash.digest('hex')
}

const HALF = SIZE / 2
const SCRIPT = `
  local bytes, half = 0, false
  local options = { timeout = "5m" }
  for chunk in Tool.stream("file-read", { path = "large.bin", encoding = "base64" }, options) do
    if chunk.type == "text" then bytes = bytes + #chunk.text end
    if not half and bytes * 3 / 4 > ${HALF} then
      half = true
      print("half")
    end
  end
  print(bytes)`

describe('a file of 1 GiB streams with flat memory', () => {
  test('through a script', { timeout: 300_000 }, async () => {
    const meter = new Meter()
    let output = ''
    const write = (text: string): void => {
      output += text
      if (text.startsWith('half')) meter.split()
    }
    await house.lua(SCRIPT, { root, ...RUN, write })
    // The heaps find their size in the first half; a second takes no more.
    expect(meter.stop('script')).toBeLessThan(MOST_GROWTH)
    expect(output.trim().split('\n')).toEqual(['half', String(Math.ceil(SIZE / 3) * 4)])
  })

  test('through a call of a host, every byte of it', { timeout: 300_000 }, async () => {
    let digest = ''
    const read = (name: string) =>
      inRun(
        house,
        async (context) => {
          const stream = await context.call('Tool', 'stream', [
            'file-read',
            { path: name, encoding: 'latin1' },
            { timeout: '5m' },
          ])
          digest = await digestOf(textsOf(stream as unknown as AsyncIterable<Chunk>))
        },
        { root, ...RUN },
      )
    await read('warm.bin')
    const meter = new Meter()
    await read('large.bin')
    expect(meter.stop('host')).toBeLessThan(MOST_GROWTH)
    const hash = createHash('sha256')
    for await (const part of createReadStream(join(root, 'large.bin'))) hash.update(part as Buffer)
    expect(digest).toBe(hash.digest('hex'))
  })
})

interface Chunk {
  readonly type: string
  readonly text?: string
}

async function* textsOf(chunks: AsyncIterable<Chunk>): AsyncGenerator<string> {
  for await (const { type, text = '' } of chunks) if (type === 'text') yield text
}
