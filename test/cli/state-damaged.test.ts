import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { expect, test } from 'vitest'
import { openState, put, SHELF } from '../state/store.ts'
import { ROOT } from '../support/root.ts'
import { Home } from './state-home.ts'

type Kind = 'level' | 'sqlite'

/** A store with a backup of one value, and a second value behind it. */
async function filled(home: Home, store: Kind): Promise<string> {
  home.write(join('home', 'config.toml'), `[plugins.state]\nstore = "${store}"\n`)
  const kernel = await openState({ store, folder: home.data }, [
    join(ROOT, 'plugins', 'store-sqlite'),
  ])
  const state = await kernel.use('state')
  const backend = await state.backend()
  await backend.commit([put('a', 'x'.repeat(9000))], { durability: 'sync' })
  const { id } = await (await state.backups()).create()
  await backend.commit([put('b', 2)], { durability: 'sync' })
  await kernel.stop()
  return id
}

function files(folder: string): string[] {
  const inner = join(folder, 'level-1')
  const from = existsSync(inner) ? inner : folder
  const names = readdirSync(from).filter((name) =>
    /^state\.db|\.(?:log|ldb)$|MANIFEST|CURRENT/.test(name),
  )
  return names.map((name) => join(from, name))
}

const empty = (folder: string): void => files(folder).forEach((file) => writeFileSync(file, ''))

function spoil(folder: string): void {
  const [largest] = files(folder).toSorted((a, b) => statSync(b).size - statSync(a).size)
  const bytes = readFileSync(largest!)
  for (let at = 20; at < bytes.length; at += 400) bytes[at]! ^= 0x5a
  writeFileSync(largest!, bytes)
}

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
const DAMAGES = [
  ['level', 'its files are emptied', empty],
  ['sqlite', 'bytes of it are others', spoil],
  ...(FULL
    ? ([
        ['level', 'bytes of it are others', spoil],
        ['sqlite', 'its files are emptied', empty],
      ] as const)
    : []),
] as const

test.each(DAMAGES)(
  'a damaged store of the kind %s is named, and replaced by its own backup: %s',
  async (kind, _, damage) => {
    using home = new Home()
    const id = await filled(home, kind)
    damage(home.data)
    const doctor = await home.state(['doctor', '--json'])
    expect(doctor.code).toBe(3)
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      ok: false,
      faults: [{ text: expect.stringContaining('is damaged') as unknown }],
    })
    const export_ = await home.json(['export', '--out', 'all.jsonl'])
    expect(export_).toMatchObject({ error: { code: 'STATE_DAMAGED' } })
    const dry = await home.state(['restore', id, '--dry-run'])
    expect(dry.stdout).toContain('The damaged store would be set aside')

    const done = await home.json(['restore', id, '--yes'])
    expect(done).toMatchObject({ ok: true, restored: true, aside: expect.any(String) as unknown })
    expect(readdirSync(done['aside'] as string).length).toBeGreaterThan(0)
    const { entries } = await home.json(['list'])
    expect(entries).toMatchObject([{ scope: `custom:${SHELF.id}`, key: 'a' }])
    expect((await home.state(['doctor'])).code).toBe(0)
    expect(readdirSync(home.data).filter((name) => name.startsWith('anew-'))).toEqual([])
  },
)

/** One byte of a value; the database itself is whole. */
async function spoilValue(folder: string): Promise<void> {
  const level = new ClassicLevel<Buffer, Buffer>(folder, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  })
  for await (const [key, value] of level.iterator())
    if (value.includes('xxxx')) await level.put(key, value.fill('y', 100, 101))
  await level.close()
}

test('what cannot be restored leaves the damaged store as it is', async () => {
  using home = new Home()
  await filled(home, 'sqlite')
  spoil(home.data)
  const before = readFileSync(join(home.data, 'state.db'))
  home.write('other.bak', 'no backup')
  const refused = await home.json(['restore', './other.bak', '--yes'])
  expect(refused).toMatchObject({ error: { code: 'STATE_BACKUP_DAMAGED' } })
  expect(readFileSync(join(home.data, 'state.db'))).toEqual(before)
})

test('with damaged = "read" a damaged value is told at once, and nothing is written', async () => {
  using home = new Home()
  await filled(home, 'level')
  home.write(join('home', 'config.toml'), '[plugins.state]\ndamaged = "read"\n')
  await spoilValue(join(home.data, 'level-1'))
  const read = await home.state(['get', 'b', '--scope', 'custom:shelf'])
  expect([read.code, read.stderr]).toEqual([0, expect.stringContaining('is damaged')])
  const set = await home.json(['set', 'a', '1'])
  expect(set).toMatchObject({ error: { code: 'STATE_UNAVAILABLE' } })
})
