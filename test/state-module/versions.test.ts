import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StateBackend, StateBackups } from '@llmspell/sdk'
import { durableHouse, killBehind, LANGUAGES, request, World } from '../durable/house.ts'
import type { DurableHouse, Pair } from '../durable/house.ts'

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
const world = new World()
let house: DurableHouse
let folder: string
let store: StateBackend
let backups: StateBackups
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'versions-'))
  house = await durableHouse(world, join(folder, 'data'))
  const state = await house.kernel.use('state')
  store = await state.backend()
  backups = await state.backups()
})
afterAll(async () => {
  await house.kernel.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  world.at = () => {}
})

/** Each step adds, so that a second time is seen. */
const SCRIPT: Pair = {
  lua: `local S = 'custom:' .. Run.id
    State.save(S, 'n', 1)
    local function add(all) all.n = all.n + 10 return all end
    local first = State.define{ scope = S, version = 2, migrate = { add } }
    local kept = State.create_backup{ scopes = { S } }
    local second = State.define{ scope = S, version = 3, auto = false, migrate = { add, add } }
    local status = State.get_migration_status()[1].pending
    local done = State.migrate()
    local high = State.load(S, 'n')
    local back = State.restore_backup(kept.id)
    return { first.migrated, second.migrated, status, done.status, high, back.changes, State.load(S, 'n'), State.get_schema_versions()[S] }`,
  javascript: `const S = 'custom:' + Run.id
    await State.save(S, 'n', 1)
    const add = (all) => ({ ...all, n: all.n + 10 })
    const first = await State.define({ scope: S, version: 2, migrate: { 1: add } })
    const kept = await State.createBackup({ scopes: [S] })
    const second = await State.define({ scope: S, version: 3, auto: false, migrate: { 1: add, 2: add } })
    const status = (await State.getMigrationStatus())[0].pending
    const done = await State.migrate()
    const high = await State.load(S, 'n')
    const back = await State.restoreBackup(kept.id)
    return [first.migrated, second.migrated, status, done.status, high, back.changes, await State.load(S, 'n'), (await State.getSchemaVersions())[S]]`,
}
const WHOLE = [true, false, 1, 'completed', 21, 2, 11, 2]

describe.each(LANGUAGES)('a durable run in %s', (language) => {
  test('migrates and restores once, wherever it is stopped; a replay does nothing', async () => {
    const id = `${language}-versions`
    expect((await house.runtime.run(request(SCRIPT, language, id))).value).toEqual(WHOLE)
    const records = await house.history(id)
    const [{ seq }, kept] = [await store.stats(), readdirSync(backups.folder).length]
    expect((await house.runtime.replay(id)).result?.value).toEqual(WHOLE)
    expect((await store.stats()).seq).toBe(seq)
    expect(readdirSync(backups.folder)).toHaveLength(kept)
    for (let n = 1; n < records.length - 1; n += FULL ? 1 : 4) {
      const own = `${id}-${n}`
      killBehind(world, house, own, n)
      const first = await house.runtime.run(request(SCRIPT, language, own)).catch(() => undefined)
      const { value } = first ?? (await house.runtime.resume(own))
      expect([n, value]).toEqual([n, WHOLE])
    }
  }, 120_000)
})

test('a script removes only backups that scripts made', async () => {
  await store.scope({ tenant: 'local', kind: 'custom', id: 'x' }).put('k', 1)
  const { id } = await backups.create()
  const source = `State.create_backup() return #State.cleanup_backups{ keep = 0 } > 0`
  expect((await house.runtime.run({ source, file: 'a.lua' })).value).toBe(true)
  const left = await backups.list()
  expect(left.map((info) => info.id)).toContain(id)
  expect(left.filter(({ by }) => by === 'script')).toEqual([])
})

test.each(['{', '{}', '[]', 'null', '{"id":"x","checksum":"y"}'])(
  'a backup whose description is %s is listed as damaged',
  async (text) => {
    const { id, createdAt, size } = await backups.create()
    writeFileSync(join(backups.folder, `${id}.json`), text)
    const found = (await backups.list()).find((info) => info.id === id)
    expect(found).toMatchObject({ size, damaged: true, reason: 'damaged' })
    expect(Math.abs(found!.createdAt - createdAt)).toBeLessThan(10_000)
    for (const work of [backups.validate(id), backups.restore(id)])
      await expect(work).rejects.toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
    expect((await backups.create({ incremental: true })).follows).not.toBe(id)
    expect(await backups.cleanup({ keep: 0 })).toContain(id)
    expect(readdirSync(backups.folder).filter((name) => name.startsWith(id))).toEqual([])
  },
)

test('increments that do not follow each other are refused before anything is touched', async () => {
  const scope = store.scope({ tenant: 'local', kind: 'custom', id: 'chain' })
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    await scope.put('n', n)
    ids.push((await backups.create({ incremental: n > 1 })).id)
  }
  const path = join(backups.folder, `${ids[2]}.json`)
  const info = JSON.parse(readFileSync(path, 'utf8')) as object
  writeFileSync(path, JSON.stringify({ ...info, follows: ids[0] }))
  const { seq } = await store.stats()
  for (const work of [backups.validate(ids[2]!), backups.restore(ids[2]!)])
    await expect(work).rejects.toMatchObject({ code: 'STATE_BACKUP_MISFIT' })
  writeFileSync(path, JSON.stringify({ ...info, follows: ids[2] }))
  await expect(backups.validate(ids[2]!)).rejects.toMatchObject({ code: 'STATE_BACKUP_DAMAGED' })
  writeFileSync(path, JSON.stringify(info))
  expect((await store.stats()).seq).toBe(seq)
  await scope.put('n', 4)
  await backups.restore(ids[2]!)
  expect((await scope.get('n'))!.value).toBe(3)
})

test('what a killed process left in the folder goes, what may be at work stays', async () => {
  const { id } = await backups.create()
  const stray = (end: string, hour: string): string => `20260101T${hour}0000000-0a0b0c0d.${end}`
  const ends = ['backup', 'backup.new', 'json.new']
  for (const end of ends) {
    for (const hour of ['10', '11']) writeFileSync(join(backups.folder, stray(end, hour)), 'x')
    utimesSync(join(backups.folder, stray(end, '10')), 1, 1)
  }
  writeFileSync(join(backups.folder, 'mine.txt'), 'x')
  await backups.create()
  const names = readdirSync(backups.folder)
  expect(names).toEqual(expect.arrayContaining([`${id}.backup`, 'mine.txt']))
  for (const end of ends) {
    expect(names).toContain(stray(end, '11'))
    expect(names).not.toContain(stray(end, '10'))
  }
})
