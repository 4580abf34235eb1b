import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dropFolders, newFolder, openState, OTHER, put, rowsOf, SHELF } from './store.ts'

let kernel: Kernel
let folder: string

beforeEach(async () => {
  folder = newFolder()
  kernel = await openState({ folder })
})
afterEach(async () => {
  await kernel.stop()
  dropFolders()
})

const parts = async () => {
  const state = await kernel.use('state')
  return { store: await state.backend(), backups: await state.backups() }
}

describe('the folder of backups', () => {
  test('a backup and what follows it bring all back', async () => {
    const { store, backups } = await parts()
    await store.commit([put('a', 1), put('b', new Uint8Array([1, 2]))])
    const whole = await backups.create({ incremental: true })
    await store.commit([put('a', 2), { op: 'delete', scope: SHELF, key: 'b' }])
    const next = await backups.create({ incremental: true })
    await store.commit([put('c', 3)])
    const last = await backups.create({ incremental: true })
    expect([whole.follows, next.follows, last.follows]).toEqual([undefined, whole.id, next.id])
    expect((await backups.list()).map(({ id }) => id)).toEqual([last.id, next.id, whole.id])
    await store.commit([put('later', 1)])

    const dry = await backups.restore(last.id, { dryRun: true })
    expect(dry).toMatchObject({
      restored: false,
      plan: { entries: 2, held: 3, same: 2, removes: 1 },
    })
    const { before } = await backups.restore(last.id)
    expect(await rowsOf(store)).toEqual([
      ['shelf', 'a', 2],
      ['shelf', 'c', 3],
    ])
    await backups.restore(before!.id)
    expect(await rowsOf(store)).toHaveLength(3)
    // The log has begun anew: what was the newest is no base any more.
    expect((await backups.create({ incremental: true })).follows).toBeUndefined()
  })

  test('a part is restored alone, and what it does not have goes', async () => {
    const { store, backups } = await parts()
    await store.commit([put('a', 1), put('x', 1, OTHER)])
    const select = [{ kind: 'custom', id: 'shelf' }] as const
    const first = await backups.create({ select })
    await store.commit([put('a', 2)])
    const part = await backups.create({ select, incremental: true })
    expect(part.follows).toBe(first.id)
    await store.commit([put('a', 3), put('b', 1), put('x', 2, OTHER)])
    await backups.restore(part.id)
    expect(await rowsOf(store)).toEqual([
      ['other', 'x', 2],
      ['shelf', 'a', 2],
    ])
  })

  test('files are for their owner alone', async () => {
    const { store, backups } = await parts()
    await store.commit([put('a', 1)])
    await backups.create()
    const modes = readdirSync(backups.folder).map(
      (name) => statSync(join(backups.folder, name)).mode & 0o777,
    )
    expect(modes).toEqual([0o600, 0o600])
    expect(statSync(backups.folder).mode & 0o777).toBe(0o700)
  })

  test.each([
    ['an id that is none', '../../etc/passwd', 'STATE_BACKUP_UNKNOWN'],
    ['an id of nothing', '20200101T000000000-00000000', 'STATE_BACKUP_UNKNOWN'],
  ])('%s', async (_, id, code) => {
    const { backups } = await parts()
    for (const work of [backups.validate(id), backups.restore(id)])
      await expect(work).rejects.toMatchObject({ code })
  })

  test('damage is found before anything is touched', async () => {
    const { store, backups } = await parts()
    await store.commit([put('a', 1)])
    const { id } = await backups.create()
    const follower = await (async () => {
      await store.commit([put('a', 2)])
      return backups.create({ incremental: true })
    })()
    const path = join(backups.folder, `${id}.backup`)
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    for (const work of [backups.validate(id), backups.restore(follower.id)])
      await expect(work).rejects.toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
    rmSync(path)
    rmSync(join(backups.folder, `${id}.json`))
    await expect(backups.restore(follower.id)).rejects.toMatchObject({
      code: 'STATE_BACKUP_UNKNOWN',
      message: expect.stringContaining('which it follows') as unknown,
    })
    expect(await rowsOf(store)).toEqual([['shelf', 'a', 2]])
  })

  test('another whole backup in the place of one is told', async () => {
    const { store, backups } = await parts()
    await store.commit([put('a', 1)])
    const first = await backups.create()
    await store.commit([put('a', 2)])
    const other = await backups.create()
    const [from, to] = [other, first].map(({ id }) => join(backups.folder, `${id}.backup`))
    writeFileSync(to!, readFileSync(from!))
    for (const work of [backups.validate(first.id), backups.restore(first.id)])
      await expect(work).rejects.toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
  })

  test.each([['[]'], ['{}'], ['[{ "kin": "global" }]'], ['[{ "kind": 7 }]'], ['[null]']])(
    'a selection that means nothing is damage, not the whole store: %s',
    async (select) => {
      const { store, backups } = await parts()
      await store.commit([put('a', 1)])
      const { id } = await backups.create({ select: [{ kind: 'custom' }] })
      const note = join(backups.folder, `${id}.json`)
      const text = JSON.parse(readFileSync(note, 'utf8')) as object
      writeFileSync(note, JSON.stringify({ ...text, select: JSON.parse(select) as unknown }))
      await store.commit([put('a', 2)])
      await expect(backups.restore(id)).rejects.toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
      expect(await rowsOf(store)).toEqual([['shelf', 'a', 2]])
    },
  )

  test('old ones go, and what a kept one follows stays', async () => {
    const { store, backups } = await parts()
    const ids: string[] = []
    for (let n = 0; n < 4; n++) {
      await store.commit([put('a', n)])
      ids.push((await backups.create({ incremental: n === 2 })).id)
    }
    expect(await backups.cleanup({ keep: 2 })).toEqual([ids[0]])
    expect(await backups.cleanup({ keep: 0, olderThanMs: 3_600_000 })).toEqual([])
    expect(await backups.cleanup({ keep: 1 })).toEqual([ids[2], ids[1]])
  })
})
