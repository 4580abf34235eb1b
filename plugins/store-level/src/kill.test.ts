import { afterEach, describe, expect, test } from 'vitest'
import { writerIn } from './testing/child.ts'
import { pairsIn } from './testing/pairs.ts'
import { Places, ready, storeIn } from './testing/places.ts'

const places = new Places()
afterEach(() => places.clean())

const ROUNDS = process.env['LLMSPELL_TEST_FULL'] ? 250 : 8

describe.each(['sync', 'os'])('kill -9 in the middle of writing, durability %s', (durability) => {
  test('loses nothing that was acknowledged, and tears nothing', async () => {
    let folder = ''
    let seen = 0
    let acknowledged = new Set<number>()
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 8 === 0) [folder, acknowledged] = [places.make(), new Set()]
      const child = writerIn(folder, durability, round * 1_000_000)
      // A cut line is shorter than its number: what counts ends before the last of them.
      await child.said(3 + ((round * 37) % 200))
      await child.kill()
      for (const n of child.acknowledged.slice(0, -1)) acknowledged.add(n)
      await check(folder, acknowledged)
      seen = Math.max(seen, acknowledged.size)
    }
    expect(seen).toBeGreaterThan(8)
  }, 600_000)
})

async function check(folder: string, acknowledged: ReadonlySet<number>): Promise<void> {
  const store = storeIn(folder)
  const started = Date.now()
  await store.open(ready)
  expect(Date.now() - started, 'ms to open').toBeLessThan(10_000)
  const { whole, torn } = await pairsIn(store)
  expect(torn).toEqual([])
  expect([...acknowledged].filter((n) => !whole.has(n))).toEqual([])
  expect(await Array.fromAsync(store.verify())).toEqual([])
  await store.close()
}
