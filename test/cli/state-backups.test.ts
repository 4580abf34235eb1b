import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupInfo, StateManager } from '@llmspell/sdk'
import { putStream } from '@llmspell/sdk/store'
import { describe, expect, test } from 'vitest'
import { openState, put, rowsOf, SHELF } from '../state/store.ts'
import { Home } from './state-home.ts'
import { widest } from './support.ts'

/** Works with the store as a process before does. */
async function before<T>(home: Home, work: (state: StateManager) => Promise<T>): Promise<T> {
  const kernel = await openState({ folder: home.data })
  try {
    return await work(await kernel.use('state'))
  } finally {
    await kernel.stop()
  }
}

/** A whole backup, two that follow it, and something newer. */
function three(home: Home): Promise<readonly BackupInfo[]> {
  return before(home, async (state) => {
    const [store, backups] = [await state.backend(), await state.backups()]
    const infos: BackupInfo[] = []
    for (const key of ['a', 'b', 'c']) {
      await store.commit([put(key, infos.length), put('last', key)])
      infos.push(await backups.create({ incremental: true }))
    }
    await store.commit([put('later', true), put('a', 'newer')])
    return infos
  })
}

const error = (code: string) => ({ ok: false, error: { code } })

describe('the folder of backups', () => {
  test('is listed, and one of it restored with all that it follows', async () => {
    using home = new Home()
    const [whole, next, last] = await three(home)
    const listed = await home.state(['backups'])
    const end = ({ id }: BackupInfo) => id.slice(-8)
    const rows = listed.stdout.split('\n').slice(1, 4)
    expect(rows[0]).toMatch(new RegExp(`^${end(last!)} .* behind ${end(next!)} +2 `))
    expect(rows[2]).toMatch(new RegExp(`^${end(whole!)} .* whole +2 .* manual$`))
    expect(widest(rows.join('\n'))).toBeLessThanOrEqual(80)

    const words = ['restore', end(next!)]
    const plan = { entries: 3, adds: 0, changes: 2, same: 1, removes: 2, held: 5 }
    const dry = await home.json([...words, '--dry-run'])
    expect(dry).toMatchObject({ restored: false, backup: { id: next!.id }, plan })
    const done = await home.json([...words, '--yes'])
    expect(done).toMatchObject({ restored: true, before: expect.any(String) as unknown, plan })
    const { entries } = await home.json(['list'])
    expect(entries).toMatchObject([
      { key: 'a', value: 0 },
      { key: 'b', value: 1 },
      { key: 'last', value: 'b' },
    ])
  })

  test('tells which are damaged, and restores none of them', async () => {
    using home = new Home()
    const [whole, next, last] = await three(home)
    const file = join(home.data, 'backups', `${next!.id}.backup`)
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(file, bytes)
    const { code, stdout } = await home.state(['backups', '--check'])
    expect({ code, checks: stdout.match(/\w+$/gm)?.slice(1, 4) }).toEqual({
      code: 3,
      checks: ['damaged', 'damaged', 'whole'],
    })
    expect(await home.json(['restore', last!.id, '--yes'])).toMatchObject(
      error('STATE_BACKUP_DAMAGED'),
    )
    expect((await home.state(['get', 'a', '-s', 'shelf'])).stdout).toBe('newer\n')
    expect(await home.json(['restore', 'ffffffffe', '--yes'])).toMatchObject(
      error('STATE_BACKUP_UNKNOWN'),
    )
    expect(await home.json(['prune', '--keep=1'])).toMatchObject({ removed: [], kept: 3 })
    expect(whole!.follows).toBeUndefined()
  })

  test('an increment as a file needs what it follows', async () => {
    using home = new Home()
    const [, next] = await three(home)
    const file = join(home.data, 'backups', `${next!.id}.backup`)
    expect(await home.json(['restore', file, '--yes'])).toMatchObject(error('STATE_BACKUP_MISFIT'))
  })
})

test('while another process has the store it is asked', async () => {
  using home = new Home()
  await before(home, async (state) => {
    const store = await state.backend()
    await store.commit([put('a', 1)])
    const doctor = await home.json(['doctor'])
    expect(doctor).toMatchObject({ ok: true, owner: { pid: process.pid }, kinds: { custom: {} } })
    expect(await home.state(['backup', 'one.bak'])).toMatchObject({ code: 0 })
    await store.commit([put('a', 2), put('b', 1)])
    expect(await home.json(['restore', 'one.bak', '--yes'])).toMatchObject({
      plan: { changes: 1, removes: 1 },
    })
    expect(await rowsOf(store)).toEqual([['shelf', 'a', 1]])
  })
})

test('a value in pieces is read whole, told by its size, and in no export', async () => {
  using home = new Home()
  const bytes = randomBytes(600_000)
  await before(home, async (state) =>
    putStream(await state.backend(), SHELF, 'film', ReadableStream.from([bytes])),
  )
  const file = join(home.path, 'film')
  const { code } = await home.state(['get', 'film', '-s', 'shelf'], {
    meet: ({ stdout }) =>
      stdout?.on('data', (chunk: Buffer) => writeFileSync(file, chunk, { flag: 'a' })),
  })
  expect(code).toBe(0)
  expect(readFileSync(file).equals(bytes)).toBe(true)
  expect((await home.state(['list'])).stdout).toMatch(/^custom:shelf +film +600000 bytes$/m)
  expect(await home.json(['export', '--out', 'all.jsonl'])).toMatchObject(error('VALUE_TOO_LARGE'))
})

test('a sealed store shows its values, and a backup under another key changes nothing', async () => {
  const sealed = '[plugins.state.encryption]\nkey = "env:STORE_KEY"\n'
  using home = new Home({ 'own.toml': sealed })
  using other = new Home({ 'own.toml': sealed })
  const under = (place: Home, key: string) => ({ env: { ...place.options.env, STORE_KEY: key } })
  const [one, two] = [under(home, 'a'.repeat(32)), under(other, 'b'.repeat(32))]
  const config = '--config=own.toml'
  await home.state(['set', 'word', 'plainly', config], one)
  await other.state(['set', 'word', 'kept', config], two)
  expect((await home.state(['export', config], one)).stdout).toContain('"value":"plainly"')
  const file = join(home.path, 'sealed.bak')
  expect(await home.state(['backup', file, config], one)).toMatchObject({ code: 0 })
  expect(readFileSync(file).includes('plainly')).toBe(false)
  expect(await other.json(['restore', file, '--yes', config], two)).toMatchObject(
    error('STATE_SEALED'),
  )
  expect(await other.state(['get', 'word', config], two)).toMatchObject({ stdout: 'kept\n' })
})

test.each([['set', 'a', '1'], ['list'], ['backups']])(
  '%j is refused where nothing lasts',
  async (...words) => {
    using home = new Home({ 'own.toml': '[plugins.state]\nstore = "memory"\n' })
    expect(await home.json([...words, '--config=own.toml'])).toMatchObject(
      error('STATE_UNAVAILABLE'),
    )
  },
)
