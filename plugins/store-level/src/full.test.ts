import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RowStore } from '@llmspell/sdk/store'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { pairsIn, put } from './testing/pairs.ts'
import { Places, ready, sharedIn, storeIn } from './testing/places.ts'

const MB = 1024 * 1024
const places = new Places()
const disk = mount()
afterAll(() => {
  // Lazily: on a busy machine files of the database may be closing still.
  if (disk) execFileSync('umount', ['-l', disk])
  places.clean()
})

/** A disk of 8 MB, where mounting is allowed. */
function mount(): string | undefined {
  const folder = places.make()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    return undefined
  }
}

let open: RowStore[] = []
const opened = async (folder: string): Promise<RowStore> => {
  const store = storeIn(folder, { reserve: MB })
  open.push(store)
  await store.open(ready)
  return store
}
afterEach(async () => {
  for (const store of open) await store.close().catch(() => undefined)
  open = []
})

const ROUNDS = process.env['LLMSPELL_TEST_FULL'] ? 50 : 4

describe.skipIf(!disk)('a full disk (skipped where mount is not permitted)', () => {
  test.each(Array.from({ length: ROUNDS }, (_, n) => [n]))(
    'is survived: read-only within one write, writing again once there is room (round %d)',
    async (round) => {
      for (const name of readdirSync(disk!)) rmSync(join(disk!, name), { recursive: true })
      const folder = join(disk!, 'state')
      mkdirSync(folder)
      const store = await opened(folder)
      await store.commit(put(1))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(existsSync(join(folder, 'reserve'))).toBe(true)
      writeFileSync(join(disk!, 'filler'), Buffer.alloc(3 * MB + round * 70_001))

      const acknowledged = [1]
      let refused: { code?: string } = {}
      for (let n = 50; refused.code === undefined && n < 50_000; n += 50) {
        await store.commit(put(n), { durability: round % 2 ? 'sync' : 'os' }).then(
          () => acknowledged.push(n),
          (error: { code: string }) => (refused = error),
        )
      }
      expect(refused).toMatchObject({ code: 'STATE_FULL' })
      expect((await store.stats()).health).toBe('read-only')
      expect(existsSync(join(folder, 'reserve'))).toBe(false)
      fill(join(disk!, 'rest'))
      await tryOne(store, 7, acknowledged)
      await holds(store, acknowledged)
      await store.close()
      const reader = await opened(folder)
      await holds(reader, acknowledged)
      await tryOne(reader, 8, acknowledged)

      for (const name of ['rest', 'filler']) rmSync(join(disk!, name))
      await reader.commit(put(3))
      acknowledged.push(3)
      expect((await reader.stats()).health).toBe('ok')
      await holds(reader, acknowledged)
      await reader.close()
      const again = await opened(folder)
      await holds(again, acknowledged)
    },
  )

  test('a store that is opened on a full disk can be read', async () => {
    for (const name of readdirSync(disk!)) rmSync(join(disk!, name), { recursive: true })
    const folder = join(disk!, 'state')
    const store = await opened(folder)
    for (let n = 0; n < 20; n++) await store.commit(put(n))
    await store.close()
    expect(existsSync(join(folder, 'reserve'))).toBe(true)
    fill(join(disk!, 'filler'))
    const full = await opened(folder)
    await holds(
      full,
      Array.from({ length: 20 }, (_, n) => n),
    )
    expect((await full.stats()).health).toBe('read-only')
    await expect(full.commit(put(30))).rejects.toMatchObject({ code: 'STATE_FULL' })
    rmSync(join(disk!, 'filler'))
    await full.commit(put(30))
    await full.close()
  })
})

test.skipIf(!disk)('a process that comes to a full disk owns the store, and reads', async () => {
  for (const name of readdirSync(disk!)) rmSync(join(disk!, name), { recursive: true })
  const folder = join(disk!, 'state')
  const first = await opened(folder)
  await first.commit(put(1))
  await first.close()
  fill(join(disk!, 'filler'))
  const shared = sharedIn(folder, { reserve: MB })
  await shared.open({ ...ready, readOnly: false })
  expect((await pairsIn(shared)).whole.size).toBe(1)
  let code: string | undefined
  for (let n = 10; code === undefined && n < 50_000; n += 10)
    await shared.commit(put(n)).catch((error: { code: string }) => (code = error.code))
  expect(code).toBe('STATE_FULL')
  rmSync(join(disk!, 'filler'))
  await shared.commit(put(3))
  await shared.close()
})

test.skipIf(!disk)('with room for a write and none for the reserve it writes again', async () => {
  for (const name of readdirSync(disk!)) rmSync(join(disk!, name), { recursive: true })
  const folder = join(disk!, 'state')
  const first = await opened(folder)
  await first.commit(put(1))
  await first.close()
  fill(join(disk!, 'filler'))
  const store = await opened(folder)
  await expect(store.commit(put(2))).rejects.toMatchObject({ code: 'STATE_FULL' })
  rmSync(join(disk!, 'filler'))
  const { bavail, bsize } = statfsSync(disk!)
  writeFileSync(join(disk!, 'filler'), Buffer.alloc(bavail * bsize - 1.9 * MB))
  await store.commit(put(3))
  await holds(store, [1, 3])
  expect((await store.stats()).health).toBe('ok')
  expect(existsSync(join(folder, 'reserve'))).toBe(false)
})

/** Writes until there is no room. */
function fill(file: string): void {
  expect(() => writeFileSync(file, Buffer.alloc(9 * MB))).toThrow('ENOSPC')
}

/** Refused; or kept, where the database has found room in the background. */
async function tryOne(store: RowStore, n: number, acknowledged: number[]): Promise<void> {
  const outcome = await store.commit(put(n)).then(
    () => 'kept',
    (error: unknown) => (error as { code: string }).code,
  )
  expect(['kept', 'STATE_FULL']).toContain(outcome)
  if (outcome === 'kept') acknowledged.push(n)
}

async function holds(store: Parameters<typeof pairsIn>[0], numbers: readonly number[]) {
  const { whole, torn } = await pairsIn(store)
  expect(torn).toEqual([])
  expect(numbers.filter((n) => !whole.has(n))).toEqual([])
  expect(await Array.fromAsync(store.verify())).toEqual([])
}
