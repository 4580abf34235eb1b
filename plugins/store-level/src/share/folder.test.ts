import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { pairsIn, put } from '../testing/pairs.ts'
import { counterIn } from '../testing/counted.ts'
import { Places, ready, sharedIn } from '../testing/places.ts'
import type { SharedStore } from './shared-store.ts'

const places = new Places()
const opened: SharedStore[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  places.clean()
})

async function open(folder: string, warn?: (message: string) => void): Promise<SharedStore> {
  const store = sharedIn(folder, { patienceMs: 15_000, ...(warn && { warn }) })
  opened.push(store)
  await store.open(ready)
  return store
}

test('a copy of an open folder is a store of its own', async () => {
  const folder = places.make()
  const original = await open(folder)
  await original.commit(put(1))
  const copy = join(places.make(), 'copy')
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.includes('state.sock') })
  const other = await open(copy)
  expect(other.holder.own).toBeDefined()
  await other.commit(put(2))
  expect([...(await pairsIn(original)).whole]).toEqual([1])
  expect((await pairsIn(other)).whole).toEqual(new Set([1, 2]))
})

test.each([
  ['removed', (folder: string) => rmSync(folder, { recursive: true })],
  ['moved', (folder: string) => renameSync(folder, `${folder}-moved`)],
])('an owner whose folder was %s leaves the new store at that path alone', async (_, take) => {
  const folder = join(places.make(), 'state')
  const told: string[] = []
  const old = await open(folder, (message) => told.push(message))
  for (let n = 0; n < 5; n++) await old.commit(put(n))
  take(folder)
  await expect(old.commit(put(9))).rejects.toMatchObject({
    code: 'STATE_UNAVAILABLE',
    message: expect.stringContaining('removed, moved') as unknown,
  })
  const child = counterIn(folder, 'new')
  await child.said(3)
  const owner = readFileSync(join(folder, 'owner.json'), 'utf8')
  await old.close()
  expect(told.join()).toContain('removed, moved')
  expect(existsSync(join(folder, 'head.json'))).toBe(false)
  expect(readFileSync(join(folder, 'owner.json'), 'utf8')).toBe(owner)
  const client = await open(folder)
  expect(client.holder.own).toBeUndefined()
  await client.close()
  await child.kill()
  expect((await open(folder)).holder.own).toBeDefined()
})

test.each([
  ['a link to nothing', (file: string) => symlinkSync('/nowhere/at/all', file)],
  ['a link to a file', (file: string) => symlinkSync('/etc/hostname', file)],
  ['other types', (file: string) => writeFileSync(file, '{"pid":"x","nonce":5,"socket":7}')],
  ['null', (file: string) => writeFileSync(file, 'null')],
])('%s in the place of the owner file is taken away', async (_, make) => {
  const folder = places.make()
  make(join(folder, 'owner.json'))
  const stores = await Promise.all([open(folder), open(folder)])
  expect(stores.filter(({ holder }) => holder.own)).toHaveLength(1)
})

test.each(['owner.json', 'state.sock'])('a folder in the place of %s is told', async (name) => {
  const folder = places.make()
  mkdirSync(join(folder, name, 'x'), { recursive: true })
  const error = await open(folder).catch((failure: unknown) => failure)
  expect(error).toMatchObject({
    code: 'STATE_UNAVAILABLE',
    message: expect.stringContaining(name) as unknown,
  })
  expect(existsSync(join(folder, name, 'x'))).toBe(true)
})
