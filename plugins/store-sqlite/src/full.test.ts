import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RowStore } from '@llmspell/sdk/store'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Places, ready, storeIn } from './testing/places.ts'
import { counted, SCOPE, tallyOf } from './testing/tally.ts'

const MB = 1024 * 1024
const places = new Places()
const disk = mount()
afterAll(() => {
  if (disk) execFileSync('umount', [disk])
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

let folder = ''
const open: RowStore[] = []
const opened = async (): Promise<RowStore> => {
  const store = storeIn(folder)
  open.push(store)
  await store.open(ready)
  return store
}

describe.skipIf(!disk)('a full disk (skipped where mount is not permitted)', () => {
  beforeEach(() => {
    for (const name of readdirSync(disk!)) rmSync(join(disk!, name), { recursive: true })
    folder = join(disk!, 'state')
    mkdirSync(folder)
  })
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })

  test.each(['os', 'sync'] as const)(
    'is told, read from, and written to once there is room (durability %s)',
    async (durability) => {
      const [store, other] = [await opened(), await opened()]
      await counted(store, 'first', durability)
      const marks = ['first', ...(await untilFull(store, durability))]
      expect((await store.stats()).health).toBe('read-only')
      fill('rest')
      await tryOne(other, 'perhaps', marks)
      for (const each of [store, other]) await holds(each, marks)
      rmSync(join(disk!, 'rest'))
      rmSync(join(disk!, 'filler'))
      await counted(store, 'again', durability)
      await counted(other, 'other', durability)
      expect((await store.stats()).health).toBe('ok')
      for (const each of [store, other]) await holds(each, [...marks, 'again', 'other'])
    },
  )

  test('a store that was closed on a full disk holds all when it is opened again', async () => {
    const store = await opened()
    const marks = await untilFull(store, 'os')
    fill('rest')
    await store.close()
    rmSync(join(disk!, 'rest'))
    rmSync(join(disk!, 'filler'))
    expect(marks.length).toBeGreaterThan(10)
    await holds(await opened(), marks)
  })

  test('a store that is opened on a full disk can be read', async () => {
    const store = await opened()
    const marks = ['a', 'b']
    for (const mark of marks) await counted(store, mark, 'sync')
    await store.close()
    fill('rest')
    const full = await opened()
    await holds(full, marks)
    await tryOne(full, 'perhaps', marks)
    rmSync(join(disk!, 'rest'))
    await counted(full, 'c', 'os')
    await holds(full, [...marks, 'c'])
    expect((await full.stats()).health).toBe('ok')
  })

  test.each([6, 9])(
    'a restore of %d MB for which there is no room leaves what was there',
    async (parts) => {
      const store = await opened()
      await counted(store, 'first', 'os')
      const other = storeIn(places.make())
      await other.open(ready)
      open.push(other)
      const value = randomBytes(MB)
      for (let n = 0; n < parts; n++) await other.scope(SCOPE).put(`k${n}`, new Uint8Array(value))
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const backup = other.backup(writable).catch(() => undefined)
      await expect(store.restore(readable, { mode: 'replace' })).rejects.toMatchObject({
        code: 'STATE_FULL',
      })
      await backup
      await holds(store, ['first'])
      await counted(store, 'second', 'os')
    },
  )
})

/** Writes until there is no room; the marks that were acknowledged. */
async function untilFull(store: RowStore, durability: 'os' | 'sync'): Promise<string[]> {
  writeFileSync(join(disk!, 'filler'), Buffer.alloc(6 * MB))
  const marks: string[] = []
  for (;;) {
    const mark = `m${marks.length}`
    const outcome = await outcomeOf(counted(store, mark, durability))
    expect(['kept', 'STATE_FULL']).toContain(outcome)
    if (outcome !== 'kept') return marks
    marks.push(mark)
  }
}

const outcomeOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'kept',
    (error: unknown) => (error as { code: string }).code,
  )

/** Writes until there is no room. */
function fill(name: string): void {
  expect(() => writeFileSync(join(disk!, name), Buffer.alloc(9 * MB))).toThrow('ENOSPC')
}

/** Refused; or kept, where the log still had a corner for it. */
async function tryOne(store: RowStore, mark: string, marks: string[]): Promise<void> {
  const outcome = await outcomeOf(counted(store, mark, 'os'))
  expect(['kept', 'STATE_FULL']).toContain(outcome)
  if (outcome === 'kept') marks.push(mark)
}

async function holds(store: RowStore, expected: readonly string[]): Promise<void> {
  const { count, marks, torn } = await tallyOf(store)
  expect([count, torn]).toEqual([marks.size, []])
  expect([...marks].toSorted()).toEqual([...expected].toSorted())
  expect(await Array.fromAsync(store.verify())).toEqual([])
}
