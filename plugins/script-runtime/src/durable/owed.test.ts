import type { Recorded, Value } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../redact/redactor.ts'
import { Streams } from '../streams.ts'

const text = (...words: readonly string[]): Value[] =>
  words.map((word) => ({ type: 'text', text: word }))

const read = (chunks: readonly Value[], done = false): Recorded => ({
  ok: true,
  value: { chunks, done } as never,
})

/** A stream of this life, of which an earlier one has read something. */
function open(chunks: readonly Value[], recorded: readonly Recorded[]) {
  const seen = { given: 0 }
  const source = async function* (): AsyncGenerator<Value> {
    for (const chunk of chunks) {
      seen.given++
      yield chunk
    }
  }
  const streams = new Streams(new Redactor())
  streams.add(source(), 's')
  for (const each of recorded) streams.again('s', each)
  return { streams, seen }
}

describe('a stream that an earlier life has read', () => {
  test('goes on behind what was read, however its chunks come', async () => {
    const { streams } = open(text('a', 'b', 'c', 'd'), [read(text('a')), read(text('b'))])
    const rest: Value[] = []
    for (;;) {
      const { chunks, done } = await streams.pull('s')
      rest.push(...chunks)
      if (done) break
    }
    expect(rest).toEqual(text('c', 'd'))
  })

  test('is interrupted where its source says something else, or less', async () => {
    const other = open(text('a', 'x', 'c'), [read(text('a', 'b'))])
    await expect(other.streams.pull('s')).rejects.toMatchObject({ code: 'STREAM_INTERRUPTED' })
    const less = open(text('a'), [read(text('a', 'b'))])
    await expect(less.streams.pull('s')).rejects.toMatchObject({ code: 'STREAM_INTERRUPTED' })
  })

  test('is read to its end unseen, so that its source comes to its end too', async () => {
    const { streams, seen } = open(text('a', 'b'), [read(text('a', 'b')), read([], true)])
    await streams.leave('s')
    expect(seen.given).toBe(2)
  })

  test('may tell other times and counts of the same thing', async () => {
    const chunk = (ms: number): Value => ({ type: 'finish', text: '', result: { ms } })
    const { streams } = open([chunk(2)], [read([chunk(1)])])
    expect(await streams.pull('s')).toEqual({ chunks: [], done: true })
  })
})
