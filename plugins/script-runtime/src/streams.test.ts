import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Redactor } from './redact/redactor.ts'
import { Streams } from './streams.ts'

async function* numbers(
  count: number,
  seen: { made: number; left: boolean },
): AsyncGenerator<Value> {
  try {
    for (let i = 0; i < count; i++) {
      seen.made++
      yield i
      await Promise.resolve()
    }
  } finally {
    seen.left = true
  }
}

async function readAll(streams: Streams, id: string): Promise<Value[]> {
  const all: Value[] = []
  for (;;) {
    const { chunks, done } = await streams.pull(id)
    all.push(...chunks)
    if (done) return all
  }
}

test('gives every chunk once and in order', async () => {
  const streams = new Streams(new Redactor())
  const { ref } = streams.add(numbers(1000, { made: 0, left: false }))
  expect(await readAll(streams, ref.id)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
})

test('a pull waits for a chunk and never answers empty before the end', async () => {
  const gate = Promise.withResolvers<void>()
  async function* source(): AsyncGenerator<Value> {
    yield 'first'
    await gate.promise
    yield 'second'
  }
  const streams = new Streams(new Redactor())
  const { id } = streams.add(source()).ref
  expect((await streams.pull(id)).chunks).toEqual(['first'])
  const later = streams.pull(id)
  gate.resolve()
  expect((await later).chunks).toEqual(['second'])
})

test('holds the producer back when 64 chunks wait', async () => {
  const seen = { made: 0, left: false }
  const streams = new Streams(new Redactor())
  const { id } = streams.add(numbers(10_000, seen)).ref
  const { chunks } = await streams.pull(id)
  expect(chunks.length).toBeLessThanOrEqual(64)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(seen.made - chunks.length).toBeLessThanOrEqual(64 + 1)
  await streams.cancel(id)
  expect(seen.left).toBe(true)
})

test('a failure comes after the chunks before it', async () => {
  async function* source(): AsyncGenerator<Value> {
    yield 1
    yield 2
    await Promise.resolve()
    throw new SpellError('PROVIDER_FAILED', 'cut')
  }
  const streams = new Streams(new Redactor())
  const { id } = streams.add(source()).ref
  const got: Value[] = []
  const read = async (): Promise<void> => {
    for (;;) got.push(...(await streams.pull(id)).chunks)
  }
  await expect(read()).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
  expect(got).toEqual([1, 2])
})

test('an ended stream and an unknown one say so', async () => {
  const streams = new Streams(new Redactor())
  const { id } = streams.add(numbers(1, { made: 0, left: false })).ref
  await readAll(streams, id)
  await expect(streams.pull(id)).rejects.toMatchObject({ code: 'STREAM_UNKNOWN' })
  await expect(streams.pull('stream_9')).rejects.toThrow("Stream 'stream_9' is not open")
})

test('closing stops every producer that was read', async () => {
  const seen = { made: 0, left: false }
  const streams = new Streams(new Redactor())
  await streams.pull(streams.add(numbers(10_000, seen)).ref.id)
  await streams.close()
  expect(seen.left).toBe(true)
})

test('one pull carries no more than an answer of the door can', async () => {
  async function* source(): AsyncGenerator<Value> {
    for (let i = 0; i < 40; i++) yield { type: 'text', text: 'x'.repeat(64 * 1024) }
    await Promise.resolve()
  }
  const streams = new Streams(new Redactor())
  const { id } = streams.add(source()).ref
  let chunks = 0
  for (let done = false; !done;) {
    const pull = await streams.pull(id)
    expect(JSON.stringify(pull).length).toBeLessThan(1024 * 1024)
    chunks += pull.chunks.length
    done = pull.done
  }
  expect(chunks).toBe(40)
})
