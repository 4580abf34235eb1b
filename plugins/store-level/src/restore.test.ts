import { createWriteStream, openAsBlob, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Child } from './testing/child.ts'
import { pairsIn, put, SCOPE } from './testing/pairs.ts'
import { Places, ready, storeIn } from './testing/places.ts'

const places = new Places()
afterEach(() => places.clean())

const ROUNDS = process.env['LLMSPELL_TEST_FULL'] ? 100 : 8

async function backup(from: number, to: number): Promise<string> {
  const file = join(places.make(), 'backup')
  const store = storeIn(places.make())
  await store.open(ready)
  for (let n = from; n < to; n++) await store.commit(put(n))
  await store.backup(Writable.toWeb(createWriteStream(file)))
  await store.close()
  return file
}

test('kill -9 in the middle of a restore leaves the old or the new, never a mixture', async () => {
  const backups = [await backup(1, 40), await backup(100, 160)]
  const wholes = [range(1, 40), range(100, 160)]
  const folder = places.make()
  for (let round = 0; round < ROUNDS; round++) {
    const child = new Child('restore-child.ts', [folder, ...backups])
    await child.said(1 + (round % 3))
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 30))
    await child.kill()
    const store = storeIn(folder)
    await store.open(ready)
    const { whole, torn } = await pairsIn(store)
    expect(torn).toEqual([])
    expect(wholes).toContainEqual([...whole].toSorted((a, b) => a - b))
    expect(await Array.fromAsync(store.verify())).toEqual([])
    await store.close()
    expect(readdirSync(folder).filter((name) => /^level-|^spool/.test(name))).toHaveLength(1)
  }
}, 600_000)

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n)

test('a backup is whole while the database rewrites its tables', async () => {
  const store = storeIn(places.make())
  await store.open(ready)
  const scope = store.scope(SCOPE)
  let round = 0
  let leave = false
  const writing = (async () => {
    for (; !leave; round++)
      await store.commit(
        range(0, 200).map((n) => ({
          op: 'put',
          scope: SCOPE,
          key: `k${n}`,
          value: { round, fill: `${round}`.repeat(500) },
        })),
      )
  })()
  while (round < 30) await new Promise((resolve) => setTimeout(resolve, 5))
  for (let n = 0; n < 5; n++) {
    const file = join(places.make(), 'backup')
    const manifest = await store.backup(Writable.toWeb(createWriteStream(file)))
    expect(manifest.entries).toBe(200)
    const copy = storeIn(places.make())
    await copy.open(ready)
    await copy.restore((await openAsBlob(file)).stream(), { mode: 'empty-only' })
    const rounds = await Array.fromAsync(
      copy.scope(SCOPE).iterate(),
      ([, { value }]) => (value as { round: number }).round,
    )
    expect([rounds.length, new Set(rounds).size]).toEqual([200, 1])
    await copy.close()
  }
  leave = true
  await writing
  expect((await scope.get('k0'))!.value).toMatchObject({ round: round - 1 })
  await store.close()
})
