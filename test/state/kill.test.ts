import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StateBackend } from '@llmspell/sdk'
import { finishMigration, migrate, schemaVersions } from '@llmspell/sdk/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backupsIn, ENTRIES, fill, GOODS, opened } from './kill-house.ts'
import { dropFolders, newFolder, put, rowsOf } from './store.ts'

const ROUNDS = process.env['LLMSPELL_TEST_FULL'] === '1' ? 34 : 3
const KINDS = ['level', 'sqlite'] as const
const CHILD = fileURLToPath(new URL('kill-child.ts', import.meta.url))

interface Made {
  readonly folder: string
  readonly ids: readonly string[]
}

const templates = new Map<string, Made>()
beforeAll(async () => {
  for (const kind of KINDS) templates.set(kind, await made(kind))
})
afterAll(dropFolders)

/** Data, and two states of it as backups; the second is a chain. */
async function made(kind: string): Promise<Made> {
  const folder = newFolder()
  const store = await opened(folder, kind)
  const backups = backupsIn(folder, store)
  await store.commit(fill(1000))
  const first = await backups.create()
  await store.commit([put('k0', 0), put('extra', 1)])
  await backups.create({ incremental: true })
  await store.commit(fill(0))
  const last = await backups.create({ incremental: true })
  await store.close()
  return { folder, ids: [first.id, last.id] }
}

/** A process that is killed at a random moment of its work. */
async function killed(kind: string, work: string): Promise<string> {
  const { folder: template, ids } = templates.get(kind)!
  const folder = newFolder()
  cpSync(template, folder, { recursive: true })
  const args = ['--conditions=@llmspell/source', CHILD, folder, kind, work, ...ids]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer]
  expect(String(said)).toBe('open\n')
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
  child.kill('SIGKILL')
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  return folder
}

async function within(
  folder: string,
  kind: string,
  fn: (store: StateBackend) => Promise<void>,
): Promise<void> {
  aged(folder, 'data', /^spool-/)
  const store = await opened(folder, kind)
  try {
    noHalves(folder)
    expect(await Array.fromAsync(store.verify())).toEqual([])
    await fn(store)
  } finally {
    await store.close()
  }
}

const valuesOf = async (store: StateBackend): Promise<Record<string, unknown>> =>
  Object.fromEntries((await rowsOf(store)).map(([, key, value]) => [key, value]))

const values = (of: (n: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: ENTRIES }, (_, n) => [`k${n}`, of(n)]))

const OLD = { ...values((n) => n), extra: 1 }
const NEW = { ...values((count) => ({ count })), extra: { count: 1 } }
const FIRST = values((n) => 1000 + n)

describe.each(KINDS)('kill -9 over %s', (kind) => {
  test('in a migration leaves the old or the new, and the next one goes on', async () => {
    for (let round = 0; round < ROUNDS; round++)
      await within(await killed(kind, 'migrate'), kind, async (store) => {
        await finishMigration(store)
        const version = (await schemaVersions(store))['custom/goods'] ?? 1
        expect(await valuesOf(store)).toEqual(version === 2 ? NEW : OLD)
        await migrate(store, [GOODS], { chunk: 50 })
        expect(await valuesOf(store)).toEqual(NEW)
        const left = await Array.fromAsync(store.entries({ kind: 'plugin' }), ({ key }) => key)
        expect(left).toEqual(['version/custom/goods'])
      })
  }, 600_000)

  test('in a restore leaves what was there or the whole chain', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const folder = await killed(kind, 'restore')
      await within(folder, kind, async (store) => {
        const found = await valuesOf(store)
        expect(found).toEqual('extra' in found ? OLD : FIRST)
        await backupsIn(folder, store).restore(templates.get(kind)!.ids[1]!)
        expect(await valuesOf(store)).toEqual(OLD)
        aged(folder)
        await backupsIn(folder, store).create()
        noStrays(folder)
      })
    }
  }, 600_000)

  test('in a backup leaves whole ones, and nothing for ever', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const folder = await killed(kind, 'backup')
      await within(folder, kind, async (store) => {
        const backups = backupsIn(folder, store)
        for (const { id } of await backups.list()) await backups.validate(id)
        aged(folder)
        const { id } = await backups.create({ incremental: true })
        expect(await backups.validate(id)).toMatchObject({ id })
        noStrays(folder)
      })
    }
  }, 600_000)
})

const filesIn = (folder: string): string[] => readdirSync(join(folder, 'backups'))

/** What a process at work might still need is left for an hour, or a day. */
function aged(folder: string, place = 'backups', which = /^/): void {
  const names = readdirSync(join(folder, place)).filter((name) => which.test(name))
  for (const name of names) utimesSync(join(folder, place, name), 1, 1)
}

function noStrays(folder: string): void {
  const names = new Set(filesIn(folder))
  const pair = /^(.+)\.(?:json|backup)$/
  const ids = [...names].map((name) => pair.exec(name)?.[1])
  expect([...names].filter((_, n) => ids[n] === undefined)).toEqual([])
  const halves = ids.filter((id) => !names.has(`${id}.json`) || !names.has(`${id}.backup`))
  expect(halves).toEqual([])
}

/** What a restore did not finish is gone with the next start. */
function noHalves(folder: string): void {
  const data = readdirSync(join(folder, 'data'))
  expect(data.filter((name) => /^spool-|\.new$/.test(name))).toEqual([])
  expect(data.filter((name) => /^level-\d/.test(name)).length).toBeLessThan(2)
}
