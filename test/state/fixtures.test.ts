// Made anew by: LLMSPELL_MAKE_FIXTURES=1 npx vitest run test/state/fixtures.test.ts
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StateBackend } from '@llmspell/sdk'
import { exportLines, importLines, migrate, RowStore } from '@llmspell/sdk/store'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'
import { SqliteHome } from '../../plugins/store-sqlite/src/sqlite-home.ts'
import { FORMAT_ROW } from '../../sdk/src/store/keys.ts'
import type { DurableHouse } from '../durable/house.ts'
import { killBehind, request, World } from '../durable/house.ts'
import { ALL, openHouse } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'
import { GOODS } from './kill-house.ts'
import { dropFolders, newFolder, put, rowsOf } from './store.ts'

const PLACE = join(ROOT, 'test/fixtures/state')
const NAMES = ['level', 'sqlite', 'sealed'] as const
type Name = (typeof NAMES)[number]

process.env['STATE_TEST_KEY'] = 'a key of tests, and of nothing else'
afterEach(dropFolders)
afterAll(() => {
  delete process.env['STATE_TEST_KEY']
})

const world = new World()
const SCRIPT = {
  lua: `local said = Tool.execute("world-idempotent", { text = "a" }).result.said
    return { said, Tool.execute("world-idempotent", { text = "b" }).result.said }`,
  javascript: '',
}

async function within<T>(
  folder: string,
  name: Name,
  fn: (house: DurableHouse, store: StateBackend) => Promise<T>,
): Promise<T> {
  const state = {
    store: name === 'sqlite' ? 'sqlite' : 'level',
    folder,
    ...(name === 'sealed' ? { encryption: { key: 'env:STATE_TEST_KEY' } } : {}),
  }
  const config = { plugins: { state, 'store-level': { reserve_bytes: 0 } } }
  const house = await openHouse([...ALL, 'store-sqlite'], [world.plugin()], config)
  try {
    const store = await (await house.kernel.use('state')).backend()
    return await fn(Object.assign(house, { history: async () => [] }), store)
  } finally {
    await house.kernel.stop()
  }
}

/** A folder that every machine has: it is kept with the run. */
const ANYWHERE = { root: '/' }

/** What a store of this format once wrote. */
async function make(name: Name): Promise<void> {
  const folder = join(PLACE, name)
  mkdirSync(folder, { recursive: true })
  await within(folder, name, async (house, store) => {
    await store.commit([put('a', 1), put('b', 2)])
    await house.runtime.run({ ...request(SCRIPT, 'lua', 'finished'), ...ANYWHERE })
    killBehind(world, house, 'suspended', 3)
    const suspended = { ...request(SCRIPT, 'lua', 'suspended'), ...ANYWHERE }
    await house.runtime.run(suspended).catch(() => undefined)
    const backups = await (await house.kernel.use('state')).backups()
    await backups.create()
    await store.commit([put('b', 3), put('c', 4)])
    await backups.create({ incremental: true })
    const lines = await Array.fromAsync(exportLines(store, { kind: 'custom' }))
    if (name === 'level') writeFileSync(join(PLACE, 'export.jsonl'), lines.join(''))
  })
  // Room on the disk, and nothing else.
  rmSync(join(folder, 'reserve'), { force: true })
}

beforeAll(async () => {
  if (process.env['LLMSPELL_MAKE_FIXTURES'] !== '1') return
  rmSync(PLACE, { recursive: true, force: true })
  for (const name of NAMES) await make(name)
}, 60_000)

function copied(name: Name): string {
  const folder = newFolder()
  cpSync(join(PLACE, name), folder, { recursive: true })
  return folder
}

const NEWEST = [
  ['shelf', 'a', 1],
  ['shelf', 'b', 3],
  ['shelf', 'c', 4],
]

test.each(NAMES)('a store %s of format 1 is read, migrated to and fro, and brought back', (name) =>
  within(copied(name), name, async (house, store) => {
    const state = await house.kernel.use('state')
    expect(await state.doctor()).toMatchObject({ format: 1, faultCount: 0 })
    expect(await rowsOf(store)).toEqual(NEWEST)
    expect((await house.runtime.replay('finished')).result?.value).toEqual(['a', 'b'])
    expect((await house.runtime.resume('suspended')).value).toEqual(['a', 'b'])
    await migrate(store, [GOODS])
    expect((await rowsOf(store))[0]).toEqual(['shelf', 'a', { count: 1 }])
    await migrate(store, [GOODS], { targets: { 'custom/goods': 1 } })
    expect(await rowsOf(store)).toEqual(NEWEST)
    const backups = await state.backups()
    const [increment, whole] = await backups.list()
    expect(increment!.follows).toBe(whole!.id)
    await backups.restore(whole!.id)
    expect(await rowsOf(store)).toEqual([NEWEST[0], ['shelf', 'b', 2]])
    await backups.restore(increment!.id)
    expect(await rowsOf(store)).toEqual(NEWEST)
  }),
)

async function* lines(text: string): AsyncGenerator<string> {
  yield text
}

const memory = async (): Promise<RowStore> => {
  const store = new RowStore(new MemoryHome(() => {}))
  await store.open({ signal: new AbortController().signal })
  return store
}

test('an export of format 1 is taken; one of tomorrow is refused', async () => {
  const text = readFileSync(join(PLACE, 'export.jsonl'), 'utf8')
  const store = await memory()
  await importLines(store, () => lines(text))
  expect(await rowsOf(store)).toEqual(NEWEST)
  const other = await memory()
  const newer = text.replace('"format":1', '"format":9')
  const work = importLines(other, () => lines(newer))
  await expect(work).rejects.toMatchObject({ code: 'STATE_NEWER' })
  expect(await rowsOf(other)).toEqual([])
})

test('a store of tomorrow is refused, and not a byte of it is changed', async () => {
  const folder = copied('sqlite')
  const config = { busy_ms: 1000, allow_network_disk: false }
  const home = new SqliteHome({ folder, config, warn: () => {} })
  const rows = await home.open({ signal: new AbortController().signal, readOnly: false })
  await home.shared!.begin(true)
  await rows.write([{ type: 'put', key: FORMAT_ROW, value: Buffer.from('9 1') }], true)
  home.shared!.end()
  await home.close()
  const bytes = (): [string, string][] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => [file.name, readFileSync(join(file.parentPath, file.name), 'latin1')])
  const before = bytes()
  const work = within(folder, 'sqlite', async () => {})
  await expect(work).rejects.toMatchObject({ code: 'STATE_NEWER' })
  expect(bytes()).toEqual(before)
})
