import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { Json, StateBackend, StateManager } from '@llmspell/sdk'
import { RowStore, STATE_SCOPE } from '@llmspell/sdk/store'
import { afterEach, describe, expect, test } from 'vitest'
import { keyFrom } from '../../plugins/state/src/seal/keys.ts'
import { SealedStore } from '../../plugins/state/src/seal/sealed-store.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'
import { ROOT } from '../support/root.ts'
import { dropFolders, newFolder, openState, put, rowsOf, SHELF } from './store.ts'

const [ONE, TWO] = [keyFrom('one'.repeat(12)), keyFrom('two'.repeat(12))]
const MORE = ['secrets', 'permissions'].map((name) => join(ROOT, 'plugins', name))
const KEYS = { STATE_KEY_ONE: 'one'.repeat(12), STATE_KEY_TWO: 'two'.repeat(12) }

const opened = async (inner: StateBackend) => {
  const store = new SealedStore(inner, { keys: [ONE], acceptPlain: false })
  await store.open({ signal: new AbortController().signal })
  return store
}

/** A store that is sealed, with what lies below the seals. */
async function sealed() {
  const inner = new RowStore(new MemoryHome(() => {}))
  const store = await opened(inner)
  await store.commit([put('true', 1)])
  return { inner, store }
}

/** What somebody with the disk does; all checksums are right. */
type Attack = (inner: StateBackend, mark: { readonly [key: string]: Json }) => Promise<unknown>

const forge = (inner: StateBackend) => inner.scope(SHELF).put('forged', 'x')
const marked =
  (change: { readonly [key: string]: Json }): Attack =>
  async (inner, mark) => {
    await inner.scope(STATE_SCOPE).put('sealed', { ...mark, ...change })
    await forge(inner)
  }

const ATTACKS: readonly (readonly [name: string, attack: Attack])[] = [
  ['the mark says plain', marked({ plain: true })],
  ['the mark of an older format says plain', marked({ format: 1, plain: true })],
  ['the mark has no signature', marked({ plain: true, sign: '' })],
  ['the mark has the signature of nothing', marked({ plain: true, sign: '00'.repeat(32) })],
  ['the mark is of another form', marked({ also: 5 })],
  ['the mark says plain with a word', marked({ plain: 'true' })],
  ['the mark has a thousand keys', marked({ also: Array.from({ length: 1000 }, () => ONE.id) })],
  [
    'the mark is text',
    async (inner) => {
      await inner.scope(STATE_SCOPE).put('sealed', 'plain')
      await forge(inner)
    },
  ],
  [
    'the mark is gone',
    async (inner) => {
      await inner.scope(STATE_SCOPE).delete('sealed')
      await forge(inner)
    },
  ],
  [
    'all is gone but what is forged',
    async (inner) => {
      for await (const { scope, key } of inner.entries()) await inner.scope(scope).delete(key)
      await forge(inner)
    },
  ],
]

describe('what is forged in a sealed store', () => {
  test.each(ATTACKS)('is refused where %s', async (_, attack) => {
    const { inner, store } = await sealed()
    const { value } = (await inner.scope(STATE_SCOPE).get<Json>('sealed'))!
    await attack(inner, value as { [key: string]: Json })
    await expect(store.check()).rejects.toMatchObject({ code: 'STATE_SEALED' })
    const read = store.scope(SHELF).get('forged')
    await expect(read).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
    await expect(store.reseal()).resolves.toBe(0)
  })

  test('is refused though the operator vouches still, where the mark says that all is sealed', async () => {
    const { inner } = await sealed()
    await forge(inner)
    const accepting = new SealedStore(inner, { keys: [ONE], acceptPlain: true })
    await accepting.check()
    const read = accepting.scope(SHELF).get('forged')
    await expect(read).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
  })

  test('a mark that was plain once is believed only where the operator vouches', async () => {
    const inner = new RowStore(new MemoryHome(() => {}))
    await inner.open({ signal: new AbortController().signal })
    await inner.commit([put('old', 1)])
    const store = new SealedStore(inner, { keys: [ONE], acceptPlain: true })
    await store.check()
    await store.commit([put('new', 1)])
    const older = (await inner.scope(STATE_SCOPE).get<Json>('sealed'))!.value
    expect(await store.reseal()).toBe(1)
    await inner.scope(STATE_SCOPE).put('sealed', older)
    await forge(inner)
    const after = new SealedStore(inner, { keys: [ONE], acceptPlain: false })
    await expect(after.check()).rejects.toMatchObject({ code: 'STATE_SEALED' })
  })

  test('a mark of another key is not taken, whatever it says', async () => {
    const { inner } = await sealed()
    const other = new SealedStore(inner, { keys: [TWO], acceptPlain: true })
    await expect(other.check()).rejects.toMatchObject({ code: 'STATE_SEALED' })
  })
})

let kernel: Kernel | undefined
afterEach(async () => {
  await kernel?.stop()
  kernel = undefined
  for (const name of Object.keys(KEYS)) delete process.env[name]
  dropFolders()
})

async function open(state: object): Promise<StateManager> {
  await kernel?.stop()
  Object.assign(process.env, KEYS)
  kernel = await openState(state, MORE)
  return kernel.use('state')
}

const under = (key: string, ...old: string[]) => ({
  encryption: { key: `env:STATE_KEY_${key}`, old: old.map((name) => `env:STATE_KEY_${name}`) },
})

/** How each way to restore a backup of one store goes in another. */
const WAYS: readonly ((state: StateManager, id: string) => Promise<unknown>)[] = [
  async (state, id) => (await state.backups()).restore(id),
  async (state, id) => (await state.backups()).restore(id, { dryRun: true }),
  async (state, id) => (await state.backups()).restore(id, { within: [{ kind: 'custom' }] }),
  (state, id) => restored(state, id, 'replace'),
  (state, id) => restored(state, id, 'verify-only'),
]

async function restored(state: StateManager, id: string, mode: 'replace' | 'verify-only') {
  const { folder } = await state.backups()
  const source = ReadableStream.from<Uint8Array>(createReadStream(join(folder, `${id}.backup`)))
  return (await state.backend()).restore(source, { mode })
}

describe('a backup that the store could not open', () => {
  const STORES = [
    ['a plain one in a sealed store', {}, under('ONE')],
    ['one under a key that was taken away', under('TWO'), under('ONE')],
    ['a sealed one in a plain store', under('ONE'), {}],
  ] as const

  test.each(STORES)('%s: refused every way, with nothing touched', async (_, from, to) => {
    const backups = join(newFolder(), 'backups')
    const first = await open({ folder: newFolder(), backup_folder: backups, ...from })
    await (await first.backend()).commit([put('theirs', 1)])
    const { id } = await (await first.backups()).create()
    const state = await open({ folder: newFolder(), backup_folder: backups, ...to })
    const store = await state.backend()
    await store.commit([put('mine', 1)])
    const before = await store.scope(SHELF).get('mine')
    for (const restore of WAYS)
      await expect(restore(state, id)).rejects.toMatchObject({ code: 'STATE_SEALED' })
    expect(await rowsOf(store)).toEqual([['shelf', 'mine', 1]])
    expect(await store.scope(SHELF).get('mine')).toEqual(before)
    expect(await (await state.backups()).list()).toHaveLength(1)
  })

  test('of the same store before its key was changed: refused, with nothing touched', async () => {
    const folder = newFolder()
    const first = await open({ folder, ...under('ONE') })
    await (await first.backend()).commit([put('a', 1)])
    const { id } = await (await first.backups()).create()
    await (await open({ folder, ...under('TWO', 'ONE') })).migrate({ backup: false })
    const last = await open({ folder, ...under('TWO') })
    const work = (await last.backups()).restore(id)
    await expect(work).rejects.toMatchObject({ code: 'STATE_SEALED' })
    const again = await open({ folder, ...under('TWO') })
    expect(await rowsOf(await again.backend())).toEqual([['shelf', 'a', 1]])
    const both = await open({ folder, ...under('TWO', 'ONE') })
    await (await both.backups()).restore(id)
    expect(await both.migrate({ backup: false })).toMatchObject({ resealed: 1 })
  })

  test('a part in the place of all leaves a store that opens again', async () => {
    const { store } = await sealed()
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const chunks = Array.fromAsync(readable)
    await store.backup(writable, { select: { kind: 'custom' } })
    const folder = newFolder()
    const into = await (await open({ folder, ...under('ONE') })).backend()
    await into.restore(ReadableStream.from(await chunks), { mode: 'replace' })
    const again = await open({ folder, ...under('ONE') })
    expect(await rowsOf(await again.backend())).toEqual([['shelf', 'true', 1]])
  })

  test('a part fills a store that is empty, and the store opens again', async () => {
    const backups = join(newFolder(), 'backups')
    const first = await open({ folder: newFolder(), backup_folder: backups, ...under('ONE') })
    await (await first.backend()).commit([put('a', 1)])
    const { id } = await (await first.backups()).create({ select: [{ kind: 'custom' }] })
    const place = { folder: newFolder(), backup_folder: backups, ...under('ONE') }
    await (await (await open(place)).backups()).restore(id)
    expect(await rowsOf(await (await open(place)).backend())).toEqual([['shelf', 'a', 1]])
  })
})
