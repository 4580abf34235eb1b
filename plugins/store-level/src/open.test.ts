import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterEach, expect, test } from 'vitest'
import { writerIn } from './testing/child.ts'
import { put } from './testing/pairs.ts'
import { Places, ready, storeIn } from './testing/places.ts'

const places = new Places()
afterEach(() => places.clean())

const tables = (folder: string): string[] =>
  readdirSync(join(folder, 'level-1')).filter((name) => name.endsWith('.ldb'))

test('a second open in this process is refused, through any path, and leaves the lock alone', async () => {
  const folder = places.make()
  const link = join(places.make(), 'link')
  symlinkSync(folder, link)
  const store = storeIn(folder)
  await store.open(ready)
  for (const path of [folder, link, join(folder, '..', folder.split('/').at(-1)!)])
    await expect(storeIn(path).open(ready)).rejects.toMatchObject({
      code: 'STATE_BUSY',
      message: expect.stringContaining('this process') as unknown,
    })
  const child = writerIn(folder, 'os')
  await expect(child.said(1)).rejects.toThrow('STATE_BUSY')
  await store.commit(put(1), { durability: 'sync' })
  await store.close()
  const again = storeIn(folder)
  await again.open(ready)
  await again.close()
})

test('the folder is made private, and so are the files', async () => {
  const folder = join(places.make(), 'data')
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  const store = storeIn(folder, { reserve: 4096 })
  await store.open(ready)
  await store.commit(put(1))
  await store.close()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder))
    expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0])
  expect(readdirSync(folder)).toContain('reserve')
})

test('a file in the place of the folder', async () => {
  const file = join(places.make(), 'file')
  writeFileSync(file, '')
  await expect(storeIn(file).open(ready)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
})

async function raw(folder: string, act: (level: ClassicLevel<Buffer, Buffer>) => Promise<unknown>) {
  const level = new ClassicLevel<Buffer, Buffer>(join(folder, 'level-1'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  })
  await level.open()
  await act(level)
  await level.close()
}

test('a newer format is refused and left as it is', async () => {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  await store.close()
  await raw(folder, (level) => level.put(Buffer.from('mformat'), Buffer.from('2')))
  await expect(storeIn(folder).open(ready)).rejects.toMatchObject({ code: 'STATE_NEWER' })
  await raw(folder, (level) => level.put(Buffer.from('mformat'), Buffer.from('1')))
  const again = storeIn(folder)
  await again.open(ready)
  await again.close()
})

test('rows of somebody else are refused', async () => {
  const folder = places.make()
  mkdirSync(join(folder, 'level-1'))
  await raw(folder, (level) => level.put(Buffer.from('x'), Buffer.from('y')))
  await expect(storeIn(folder).open(ready)).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
})

test('a table that is missing is told, and nothing is repaired', async () => {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  for (let n = 0; n < 50; n++) await store.commit(put(n))
  await store.close()
  await raw(folder, (level) => level.compactRange(Buffer.from([0]), Buffer.from([255])))
  const [table] = tables(folder)
  rmSync(join(folder, 'level-1', table!))
  const left = tables(folder)
  for (let round = 0; round < 2; round++)
    await expect(storeIn(folder).open(ready)).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
  expect(tables(folder)).toEqual(left)
})

test('a store for reading refuses writes', async () => {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  await store.commit(put(1))
  await store.close()
  const reader = storeIn(folder)
  await reader.open({ ...ready, readOnly: true })
  expect(await reader.scope({ tenant: 'local', kind: 'run', id: 'r' }).get('a1')).toBeDefined()
  expect((await reader.stats()).health).toBe('read-only')
  await expect(reader.commit(put(2))).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
  await reader.close()
})

test('what a restore left half-done is gone, and what it finished counts', async () => {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  await store.commit(put(1))
  await store.close()
  mkdirSync(join(folder, 'level-7'))
  writeFileSync(join(folder, 'spool-1'), 'x')
  const again = storeIn(folder)
  await again.open(ready)
  expect(readdirSync(folder)).not.toContain('level-7')
  expect(readdirSync(folder)).not.toContain('spool-1')
  await again.close()
})
