import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { Places, ready, storeIn } from './testing/places.ts'
import { counted, SCOPE, tallyOf } from './testing/tally.ts'

const places = new Places()
afterEach(() => places.clean())

const fileOf = (folder: string): string => join(folder, 'state.db')

function raw(folder: string, sql: string): void {
  using database = new DatabaseSync(fileOf(folder))
  database.exec(sql)
}

async function made(commits: number): Promise<string> {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  for (let n = 0; n < commits; n++) await counted(store, `m${n}`, 'os')
  await store.close()
  return folder
}

test('the folder is made private, and so are the files', async () => {
  const folder = join(places.make(), 'data')
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  writeFileSync(fileOf(folder), '')
  chmodSync(fileOf(folder), 0o644)
  const store = storeIn(folder)
  await store.open(ready)
  await counted(store, 'a', 'sync')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const files = ['reserve', 'state.db', 'state.db-shm', 'state.db-wal', 'tail']
  expect(readdirSync(folder).toSorted()).toEqual(files)
  for (const name of files)
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600])
  await store.close()
})

test('many that open a new folder at once all get it', async () => {
  const folder = places.make()
  const stores = Array.from({ length: 8 }, () => storeIn(folder))
  await Promise.all(stores.map((store) => store.open(ready)))
  await Promise.all(stores.map((store, n) => counted(store, `m${n}`, 'os')))
  expect((await tallyOf(stores[0]!)).count).toBe(8)
  for (const store of stores) await store.close()
})

test.each<[string, string, (folder: string) => void]>([
  [
    'a newer format',
    'STATE_NEWER',
    (f) => raw(f, `UPDATE rows SET value = x'32' WHERE key = CAST('mformat' AS BLOB)`),
  ],
  [
    'rows of somebody else',
    'STATE_DAMAGED',
    (f) => raw(f, `DELETE FROM rows WHERE key = CAST('mformat' AS BLOB)`),
  ],
  [
    'tables of another program',
    'STATE_DAMAGED',
    (f) => raw(f, 'DROP TABLE rows; CREATE TABLE other (x)'),
  ],
  ['no database', 'STATE_DAMAGED', (f) => writeFileSync(fileOf(f), 'x'.repeat(10_000))],
  ['a file that is cut', 'STATE_DAMAGED', (f) => truncateSync(fileOf(f), 5000)],
])('%s is refused and left as it is', async (_, code, damage) => {
  const folder = await made(40)
  damage(folder)
  const bytes = readFileSync(fileOf(folder))
  for (let round = 0; round < 2; round++)
    await expect(storeIn(folder).open(ready)).rejects.toMatchObject({ code })
  expect(readFileSync(fileOf(folder)).equals(bytes)).toBe(true)
})

test('a file in the place of the folder', async () => {
  const file = join(places.make(), 'file')
  writeFileSync(file, '')
  await expect(storeIn(file).open(ready)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
})

test('a store for reading refuses writes', async () => {
  const reader = storeIn(await made(2))
  await reader.open({ ...ready, readOnly: true })
  expect((await tallyOf(reader)).count).toBe(2)
  expect((await reader.stats()).health).toBe('read-only')
  await expect(counted(reader, 'x', 'os')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
  await reader.close()
})

test('a turn that never comes is told, and the process works on meanwhile', async () => {
  const folder = await made(1)
  const store = storeIn(folder, { busyMs: 100 })
  await store.open(ready)
  const other = new DatabaseSync(fileOf(folder))
  other.exec('BEGIN IMMEDIATE')
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  await expect(counted(store, 'x', 'os')).rejects.toMatchObject({ code: 'STATE_BUSY' })
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(2)
  expect((await tallyOf(store)).count).toBe(1)
  other.exec('ROLLBACK')
  other.close()
  await counted(store, 'x', 'os')
  await store.close()
})

test('what a restore left behind goes after a day, and no sooner', async () => {
  const folder = await made(1)
  for (const name of ['spool-old', 'spool-new']) writeFileSync(join(folder, name), 'x')
  utimesSync(join(folder, 'spool-old'), 1, 1)
  const store = storeIn(folder)
  await store.open(ready)
  expect(['spool-old', 'spool-new'].map((name) => existsSync(join(folder, name)))).toEqual([
    false,
    true,
  ])
  await store.close()
})

describe('a log without its end', () => {
  test('is missed when what is gone was synced; what stands before it counts', async () => {
    const folder = places.make()
    const store = storeIn(folder)
    await store.open(ready)
    for (let n = 0; n < 10; n++) await counted(store, `m${n}`, 'sync')
    const killed = places.make()
    for (const name of ['state.db', 'state.db-wal', 'tail'])
      copyFileSync(join(folder, name), join(killed, name))
    await store.close()
    const log = join(killed, 'state.db-wal')
    truncateSync(log, statSync(log).size - 4200)
    const warnings: string[] = []
    const again = storeIn(killed, { warn: (text) => warnings.push(text) })
    await again.open(ready)
    expect(warnings).toEqual([expect.stringContaining('changes 10 to 10 were written')])
    expect(await tallyOf(again)).toMatchObject({ count: 9, torn: [] })
    expect(await Array.fromAsync(again.verify())).toEqual([])
    await counted(again, 'x', 'sync')
    await again.close()
  })
})

test('flipped bytes are told, and never read as something else', async () => {
  const whole = await made(150)
  const size = statSync(fileOf(whole)).size
  const rounds = process.env['LLMSPELL_TEST_FULL'] === '1' ? 200 : 30
  const seen: string[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = places.make()
    const bytes = readFileSync(fileOf(whole))
    const at = Math.floor((size * (round + 0.37)) / rounds)
    for (let i = at; i < at + 8; i++) bytes[i % size]! ^= 0xa5
    writeFileSync(fileOf(folder), bytes)
    seen.push(await verdict(folder))
  }
  expect(seen.filter((each) => !/^(STATE_DAMAGED|verify|whole)$/.test(each))).toEqual([])
  expect(seen.filter((each) => each !== 'whole').length).toBeGreaterThan(rounds / 2)
}, 600_000)

/** Told at the door, by reading or by verify; or nothing is missing. */
async function verdict(folder: string): Promise<string> {
  const store = storeIn(folder)
  try {
    await store.open(ready)
    if ((await Array.fromAsync(store.verify())).length > 0) return 'verify'
    const { count, marks, torn } = await tallyOf(store)
    const entries = await Array.fromAsync(store.scope(SCOPE).iterate())
    const isWhole = count === 150 && marks.size === 150 && torn.length === 0
    return isWhole && entries.length === 301 ? 'whole' : `${marks.size} without a word`
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  } finally {
    await store.close()
  }
}
