import type { ToolChunk } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { GROUND, sourceHouse } from './house.ts'
import type { SourceHouse } from './house.ts'
import { probeTools } from './probe.ts'

/** Chunks that may wait for a reader: those handed over to it at once, in the queue of the run, and at the tool. */
const WAITING = 64 + 64 + 2
const PART = 16 * 1024
const MIB = 1024 * 1024

const { plugin, seen } = probeTools()
let house: SourceHouse
beforeAll(async () => {
  house = await sourceHouse([...GROUND, 'engine-lua', 'engine-javascript'], [plugin])
})
beforeEach(() => Object.assign(seen, { emitted: 0, ended: '', tries: 0 }))
afterAll(() => house[Symbol.asyncDispose]())

interface Language {
  readonly name: 'lua' | 'javascript'
  /** Reads some chunks, then does something else for a while. */
  readonly slow: string
  /** Reads all there is. */
  readonly all: (chunks: number) => string
  /** Leaves after the first chunk, and goes on. */
  readonly leave: string
  readonly onChunk: string
}

const LANGUAGES: readonly Language[] = [
  {
    name: 'lua',
    slow: `local s = Tool.stream("flood") local n = 0
      for i = 1, 3 do n = n + #s:next().text end
      Tool.pause{ ms = 150 } return n`,
    all: (chunks) => `local n = 0
      for chunk in Tool.stream("flood", { chunks = ${chunks} }) do n = n + #chunk.text end return n`,
    leave: `local s = Tool.stream("flood")
      for chunk in s do break end
      s:cancel() Tool.pause{ ms = 100 } return "left"`,
    onChunk: `local n = 0
      Tool.execute("flood", { chunks = 5 }, { on_chunk = function(c) n = n + #c.text end }) return n`,
  },
  {
    name: 'javascript',
    slow: `const s = Tool.stream('flood'); let n = 0
      for (let i = 0; i < 3; i++) n += (await s.next()).value.text.length
      await Tool.pause({ ms: 150 }); return n`,
    all: (chunks) => `let n = 0
      for await (const chunk of Tool.stream('flood', { chunks: ${chunks} })) n += chunk.text.length
      return n`,
    leave: `for await (const chunk of Tool.stream('flood')) break
      await Tool.pause({ ms: 100 }); return 'left'`,
    onChunk: `let n = 0
      await Tool.execute('flood', { chunks: 5 }, { onChunk: (c) => { n += c.text.length } }); return n`,
  },
]

describe.each(LANGUAGES)('a stream read by $name', ({ name, slow, all, leave, onChunk }) => {
  test('waits for a slow reader, and ends with the run', async () => {
    expect((await house[name](slow)).value).toBe(3 * PART)
    expect(seen.emitted).toBeLessThanOrEqual(3 + WAITING)
    await vi.waitUntil(() => seen.ended !== '')
    expect(seen.ended).toBe('aborted')
  })

  test('of many times the memory of its engine keeps memory flat', async () => {
    const chunks = 8192
    let most = 0
    const before = process.memoryUsage().rss
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
    const { value } = await house[name](all(chunks))
    clearInterval(watch)
    expect(value).toBe(chunks * PART)
    expect((most - before) / MIB).toBeLessThan(100)
  })

  test('ends its producer when the reader leaves', async () => {
    const running = house[name](leave)
    await vi.waitUntil(() => seen.ended !== '')
    expect(seen.ended).toBe('aborted')
    expect((await running).value).toBe('left')
    expect(seen.emitted).toBeLessThanOrEqual(1 + WAITING)
  })

  test('gives its chunks to on_chunk too', async () => {
    expect((await house[name](onChunk)).value).toBe(5 * PART)
  })
})

test('a host reads a stream chunk by chunk, one ahead at most', async () => {
  const door = house.runtime.open()
  const stream = (await door.call('Tool', 'stream', [
    'flood',
    { chunks: 10 },
  ])) as AsyncIterable<ToolChunk>
  const ahead: number[] = []
  let last: ToolChunk | undefined
  let count = 0
  for await (const chunk of stream) {
    ahead.push(seen.emitted - ++count)
    last = chunk
  }
  expect(Math.max(...ahead)).toBeLessThanOrEqual(1)
  expect(last).toMatchObject({ type: 'finish', result: { result: 10 } })
  expect(count).toBe(11)
  await door.close()
})
