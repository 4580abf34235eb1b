import { afterEach, expect, test } from 'vitest'
import { Places, ready, sharedIn } from '../testing/places.ts'
import type { SharedStore } from './shared-store.ts'

const places = new Places()
const opened: SharedStore[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  places.clean()
})

async function open(folder: string): Promise<SharedStore> {
  const store = sharedIn(folder, { patienceMs: 15_000 })
  opened.push(store)
  await store.open({ ...ready, readOnly: false })
  return store
}

test('whoever opens snapshots without end is refused, and may go on', async () => {
  const folder = places.make()
  await open(folder)
  const client = await open(folder)
  const opening = Array.from({ length: 1100 }, () => client.snapshot())
  const settled = await Promise.allSettled(opening)
  const [made, refused] = [settled.filter(isOpen), settled.filter((one) => !isOpen(one))]
  expect([made.length, refused.length]).toEqual([1024, 76])
  expect(refused[0]).toMatchObject({ reason: { code: 'STATE_UNAVAILABLE' } })
  await made[0]!.value[Symbol.asyncDispose]()
  await client.snapshot()
})

const isOpen = <T>(one: PromiseSettledResult<T>): one is PromiseFulfilledResult<T> =>
  one.status === 'fulfilled'
