import { setTimeout as sleep } from 'node:timers/promises'
import { SpellError } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Pulse, watched } from './timeouts.ts'
import type { Watch } from './timeouts.ts'

const watch = (more: Partial<Watch> = {}): Watch => ({
  signal: new AbortController().signal,
  cancelled: () => new SpellError('CANCELLED', 'Cancelled.'),
  provider: 'lab',
  first: 'first',
  timeouts: { first: 150, between: 150, whole: 150 },
  ...more,
})

/** One word after signs of life, each of which comes in time. */
async function* slow(pulse?: Pulse): AsyncGenerator<string> {
  for (let at = 0; at < 5; at++) {
    await sleep(60)
    pulse?.alive()
  }
  yield 'a'
}

const SILENT = { code: 'PROVIDER_FAILED', details: { kind: 'timeout' } }

test('a provider that says that it is alive is not silent', async () => {
  const pulse = new Pulse()
  expect(await Array.fromAsync(watched(slow(pulse), watch({ pulse })))).toEqual(['a'])
})

test('one that says nothing is', async () => {
  const heard = Array.fromAsync(watched(slow(), watch({ pulse: new Pulse() })))
  await expect(heard).rejects.toMatchObject(SILENT)
})

test('a sign of life is the first word: the next wait is another one', async () => {
  const pulse = new Pulse()
  const timeouts = { first: 100, between: 10_000, whole: 100 }
  const heard = Array.fromAsync(watched(slow(pulse), watch({ pulse, timeouts })))
  expect(await heard).toEqual(['a'])
})

test('an answer that comes as a whole has its time and no more', async () => {
  const pulse = new Pulse()
  const heard = Array.fromAsync(watched(slow(pulse), watch({ pulse, first: 'whole' })))
  await expect(heard).rejects.toMatchObject(SILENT)
})

test('a reader that takes long is no silence', async () => {
  const pulse = new Pulse()
  async function* two(): AsyncGenerator<string> {
    yield* ['a', 'b']
    await sleep(1)
    yield 'c'
  }
  const heard: string[] = []
  for await (const word of watched(two(), watch({ pulse }))) {
    heard.push(word)
    pulse.alive()
    if (word === 'b') await sleep(200)
  }
  expect(heard).toEqual(['a', 'b', 'c'])
})
