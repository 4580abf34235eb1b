import { afterEach, expect, test } from 'vitest'
import type { StateBackend } from '@llmspell/sdk'
import { bundled, Child } from './testing/child.ts'
import { Places, ready, storeIn } from './testing/places.ts'
import { SCOPE, tallyOf } from './testing/tally.ts'

const places = new Places()
afterEach(() => places.clean())

const KILLS = process.env['LLMSPELL_TEST_FULL'] === '1' ? 500 : 100
const NAMES = ['a', 'b', 'c', 'd']

test('four processes that are killed in the middle of writing lose, tear and mix nothing', async () => {
  const folder = places.make()
  const script = await bundled('hammer-child.ts', places.make())
  const store = storeIn(folder)
  await store.open(ready)
  const leave = new AbortController()
  const [watched, looked] = [watchedIn(store, leave.signal), lookedAt(store, leave.signal)]
  const acknowledged = new Set<string>()
  let kills = 0
  const lives = async (name: string): Promise<void> => {
    while (kills < KILLS) {
      const round = kills++
      const child = new Child(script, [folder, `${name}${round}`])
      await child.said(2 + ((round * 7) % 9))
      await child.kill()
      for (const line of child.lines) if (/^\w\d+-\d+$/.test(line)) acknowledged.add(line)
    }
  }
  await Promise.all(NAMES.map(lives))
  expect(acknowledged.size).toBeGreaterThan(KILLS)
  const { count } = await tallyOf(store)
  await expect.poll(() => watched.size, { timeout: 10_000 }).toBe(count)
  leave.abort()
  expect(await looked).toBeGreaterThan(1)
  await store.close()
  await check(folder, acknowledged)
}, 600_000)

async function check(folder: string, acknowledged: ReadonlySet<string>): Promise<void> {
  const store = storeIn(folder)
  const started = performance.now()
  await store.open(ready)
  expect(performance.now() - started, 'ms to open').toBeLessThan(10_000)
  const { count, marks, torn, numbers } = await tallyOf(store)
  expect([...acknowledged].filter((mark) => !marks.has(mark))).toEqual([])
  expect(torn).toEqual([])
  expect(numbers).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  expect(await Array.fromAsync(store.verify())).toEqual([])
  await store.close()
}

/** Marks that a watcher has seen, whoever wrote them. */
function watchedIn(store: StateBackend, signal: AbortSignal): Set<string> {
  const seen = new Set<string>()
  const watching = async (): Promise<void> => {
    for await (const change of store.watch({ ...SCOPE, prefix: 'a ' }, { signal }))
      if ('key' in change) seen.add(change.key)
  }
  void watching()
  return seen
}

/** Reads all again and again: each time it is of one moment. */
async function lookedAt(store: StateBackend, signal: AbortSignal): Promise<number> {
  let rounds = 0
  for (; !signal.aborted; rounds++) {
    const { count, marks, torn } = await tallyOf(store)
    expect([marks.size, torn]).toEqual([count, []])
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return rounds
}
