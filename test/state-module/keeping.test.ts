import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { LANGUAGES, openStateful, ran } from './house.ts'

let house: House
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keeping-'))
  house = await openStateful(join(folder, 'data'))
})
afterAll(async () => {
  await house.kernel.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly value?: unknown
  readonly code?: string
}

/** `S` is the scope of the row. */
const ROWS: readonly Row[] = [
  {
    name: 'data is brought through all versions, once',
    lua: `State.save(S, 'a', 1) State.save(S, 'b', 0)
      local steps = {
        function(all) for k, v in pairs(all) do all[k] = { count = v } end return all end,
        function(all) all.b = nil all.c = { count = 9 } return all end,
      }
      local first = State.define{ scope = S, version = 3, migrate = steps }
      local again = State.define{ scope = S, version = 3, migrate = steps }
      return { first.migrated, again.migrated, State.all(S), State.get_schema_versions()[S],
        State.get_migration_status()[1].pending }`,
    javascript: `await State.save(S, 'a', 1); await State.save(S, 'b', 0)
      const migrate = {
        1: (all) => Object.fromEntries(Object.entries(all).map(([k, count]) => [k, { count }])),
        2: ({ b, ...all }) => ({ ...all, c: { count: 9 } }),
      }
      const first = await State.define({ scope: S, version: 3, migrate })
      const again = await State.define({ scope: S, version: 3, migrate })
      return [first.migrated, again.migrated, await State.all(S), (await State.getSchemaVersions())[S],
        (await State.getMigrationStatus())[0].pending]`,
    value: [true, false, { a: { count: 1 }, c: { count: 9 } }, 3, 0],
  },
  {
    name: 'a dry run tells, and changes nothing',
    lua: `State.save(S, 'a', 1)
      State.define{ scope = S, version = 2, auto = false, migrate = { function(all) all.b = 2 return all end } }
      local dry = State.migrate(nil, { dry_run = true })
      local keys = State.list_keys(S)
      local done = State.migrate()
      return { dry.status, dry.changed, keys, done.status, done.changed, State.list_keys(S), State.migrate().status }`,
    javascript: `await State.save(S, 'a', 1)
      await State.define({ scope: S, version: 2, auto: false, migrate: { 1: (all) => ({ ...all, b: 2 }) } })
      const dry = await State.migrate(null, { dryRun: true })
      const keys = await State.listKeys(S)
      const done = await State.migrate()
      return [dry.status, dry.changed, keys, done.status, done.changed, await State.listKeys(S), (await State.migrate()).status]`,
    value: ['planned', 1, ['a'], 'completed', 1, ['a', 'b'], 'current'],
  },
  {
    name: 'a step that fails leaves the old data',
    lua: `State.save(S, 'a', 1)
      local ok, err = pcall(State.define, { scope = S, version = 2, migrate = { function() error('no lamps') end } })
      return { err.code, err.message:find('no lamps', 1, true) ~= nil, State.all(S) }`,
    javascript: `await State.save(S, 'a', 1)
      const err = await State.define({ scope: S, version: 2, migrate: { 1: () => { throw new Error('no lamps') } } }).catch((e) => e)
      return [err.code, err.message.includes('no lamps'), await State.all(S)]`,
    value: ['STATE_MIGRATION_FAILED', true, { a: 1 }],
  },
  {
    name: 'what does not fit its schema is no migration',
    lua: `State.save(S, 'a', 1)
      local schema = { type = 'object', additionalProperties = { type = 'string' } }
      local ok, err = pcall(State.define, { scope = S, version = 2, schema = schema, migrate = { function(all) return all end } })
      return { err.code, State.all(S) }`,
    javascript: `await State.save(S, 'a', 1)
      const schema = { type: 'object', additionalProperties: { type: 'string' } }
      const err = await State.define({ scope: S, version: 2, schema, migrate: { 1: (all) => all } }).catch((e) => e)
      return [err.code, await State.all(S)]`,
    value: ['STATE_MIGRATION_FAILED', { a: 1 }],
  },
  {
    name: 'data of a newer script is not touched',
    lua: `State.define{ scope = S, version = 5 } State.define{ scope = S, version = 4 }`,
    javascript: `await State.define({ scope: S, version: 5 }); await State.define({ scope: S, version: 4 })`,
    code: 'STATE_NEWER',
  },
  {
    name: 'a backup brings back what was there, and only that',
    lua: `State.save(S, 'a', 1) State.save('custom:untouched', 'x', 1)
      local kept = State.create_backup{ scopes = { S } }
      State.save(S, 'a', 2) State.save(S, 'b', 2) State.save('custom:untouched', 'x', 2)
      local dry = State.restore_backup(kept.id, { dry_run = true })
      local done = State.restore_backup(kept.id)
      return { kept.entries, dry.restored, dry.changes, dry.removes, done.restored, State.all(S),
        State.load('custom:untouched', 'x'), State.validate_backup(kept.id).id == kept.id,
        State.list_backups()[1].reason }`,
    javascript: `await State.save(S, 'a', 1); await State.save('custom:untouched', 'x', 1)
      const kept = await State.createBackup({ scopes: [S] })
      await State.save(S, 'a', 2); await State.save(S, 'b', 2); await State.save('custom:untouched', 'x', 2)
      const dry = await State.restoreBackup(kept.id, { dryRun: true })
      const done = await State.restoreBackup(kept.id)
      return [kept.entries, dry.restored, dry.changes, dry.removes, done.restored, await State.all(S),
        await State.load('custom:untouched', 'x'), (await State.validateBackup(kept.id)).id === kept.id,
        (await State.listBackups())[0].reason]`,
    value: [1, false, 1, 1, true, { a: 1 }, 2, true, 'restore'],
  },
  {
    name: 'an increment follows the newest of the same scopes',
    lua: `State.save(S, 'a', 1)
      local whole = State.create_backup{ scopes = { S } }
      State.save(S, 'b', 2)
      local next = State.create_backup{ scopes = { S }, incremental = true }
      State.clear(S)
      State.restore_backup(next.id)
      return { next.follows == whole.id, next.entries, State.all(S), State.get_storage_usage().kinds.custom.entries > 1 }`,
    javascript: `await State.save(S, 'a', 1)
      const whole = await State.createBackup({ scopes: [S] })
      await State.save(S, 'b', 2)
      const next = await State.createBackup({ scopes: [S], incremental: true })
      await State.clear(S)
      await State.restoreBackup(next.id)
      return [next.follows === whole.id, next.entries, await State.all(S), (await State.getStorageUsage()).kinds.custom.entries > 1]`,
    value: [true, 1, { a: 1, b: 2 }, true],
  },
  {
    name: 'a backup brings its version back with the data',
    lua: `State.save(S, 'a', 1) State.define{ scope = S, version = 1 }
      local old = State.create_backup{ scopes = { S } }
      local steps = { function(all) all.a = 'one' return all end }
      State.define{ scope = S, version = 2, migrate = steps }
      local migrated = State.get_schema_versions()[S]
      State.restore_backup(old.id)
      local back = State.get_schema_versions()[S]
      State.define{ scope = S, version = 2, migrate = steps }
      return { migrated, back, State.get_schema_versions()[S], State.all(S) }`,
    javascript: `await State.save(S, 'a', 1); await State.define({ scope: S, version: 1 })
      const old = await State.createBackup({ scopes: [S] })
      const migrate = { 1: (all) => ({ ...all, a: 'one' }) }
      await State.define({ scope: S, version: 2, migrate })
      const migrated = (await State.getSchemaVersions())[S]
      await State.restoreBackup(old.id)
      const back = (await State.getSchemaVersions())[S]
      await State.define({ scope: S, version: 2, migrate })
      return [migrated, back, (await State.getSchemaVersions())[S], await State.all(S)]`,
    value: [2, 1, 2, { a: 'one' }],
  },
  {
    name: 'a backup of one scope leaves the version of its neighbour',
    lua: `State.define{ scope = S, version = 1 } State.define{ scope = S .. '2', version = 1 }
      local old = State.create_backup{ scopes = { S } }
      State.define{ scope = S .. '2', version = 3, migrate = { function(all) return all end, function(all) return all end } }
      State.restore_backup(old.id)
      return { State.get_schema_versions()[S], State.get_schema_versions()[S .. '2'] }`,
    javascript: `await State.define({ scope: S, version: 1 }); await State.define({ scope: S + '2', version: 1 })
      const old = await State.createBackup({ scopes: [S] })
      await State.define({ scope: S + '2', version: 3, migrate: { 1: (all) => all, 2: (all) => all } })
      await State.restoreBackup(old.id)
      const versions = await State.getSchemaVersions()
      return [versions[S], versions[S + '2']]`,
    value: [1, 3],
  },
  {
    name: 'there is no such backup',
    lua: `State.restore_backup('../../secret')`,
    javascript: `await State.restoreBackup('../../secret')`,
    code: 'STATE_BACKUP_UNKNOWN',
  },
]

describe.each(LANGUAGES)('versions and backups in %s', (language) => {
  test.each(ROWS)('$name', async (row) => {
    const scope = `custom:${language}-${ROWS.indexOf(row)}`
    const head = language === 'lua' ? `local S = '${scope}' ` : `const S = '${scope}'; `
    const came = await ran(house, language, head + row[language])
    expect(came).toMatchObject(row.code === undefined ? { value: row.value } : { code: row.code })
  })
})

test.each([
  [`State.create_backup()`, { state: ['agent:*'] }],
  [`State.restore_backup(ID)`, { 'state-write': ['agent:poet'] }],
  [`State.define{ scope = 'agent:poet', version = 1 }`, { state: ['agent:poet'] }],
  [`State.cleanup_backups{ keep = 0 }`, { state: ['*'] }],
  [`State.cleanup_backups{ keep = 0 }`, { 'state-write': ['*'] }],
  [`State.list_backups()`, { state: ['*'] }],
  [`State.validate_backup(ID)`, { state: ['*'] }],
  [`State.restore_backup(ID)`, { state: ['agent:*'] }],
  [`State.get_storage_usage()`, { state: ['*'] }],
])('%s is denied by the rule %j', async (source, deny) => {
  await ran(house, 'lua', `State.save('agent:poet', 'k', 1)`)
  const made = await ran(house, 'lua', `return State.create_backup{ scopes = { 'agent:poet' } }.id`)
  const text = source.replace('ID', `'${made.value as string}'`)
  expect(await ran(house, 'lua', text, { deny })).toMatchObject({ code: 'PERMISSION_DENIED' })
})

test('a script brings back nothing of runs and plugins', async () => {
  const store = await (await house.kernel.use('state')).backend()
  const hidden = store.scope({ tenant: 'local', kind: 'plugin', id: 'mine' })
  await hidden.put('k', 1)
  const backups = await (await house.kernel.use('state')).backups()
  // As a script's own, so that only what it selects keeps it from coming back.
  const { id } = await backups.create({ by: 'script' })
  await hidden.put('k', 2)
  expect(await ran(house, 'lua', `State.restore_backup('${id}')`)).not.toHaveProperty('code')
  expect((await hidden.get('k'))!.value).toBe(2)
})

test('backups of the operator are in no list of a script, and stay', async () => {
  const backups = await (await house.kernel.use('state')).backups()
  const { id } = await backups.create()
  for (const call of ['State.validate_backup', 'State.restore_backup'])
    expect(await ran(house, 'lua', `${call}('${id}')`)).toMatchObject({
      code: 'STATE_BACKUP_UNKNOWN',
    })
  const source = `local seen = 0
    for _, one in ipairs(State.list_backups()) do if one.id == '${id}' then seen = seen + 1 end end
    State.cleanup_backups{ keep = 0 } return seen`
  expect((await ran(house, 'lua', source)).value).toBe(0)
  expect((await backups.list()).map((info) => info.id)).toContain(id)
})

test('what is beyond the quota of a run leaves no backup', async () => {
  const small = await openStateful(join(folder, 'small'), { max_bytes_per_run: 2000 })
  const made = `State.save('custom:a', 'k', string.rep('x', 1500))
    for _ = 1, 10 do assert(not pcall(State.create_backup)) end State.create_backup()`
  expect(await ran(small, 'lua', made)).toMatchObject({ code: 'VALUE_TOO_LARGE' })
  expect(await (await (await small.kernel.use('state')).backups()).list()).toEqual([])
  await small.kernel.stop()
})
