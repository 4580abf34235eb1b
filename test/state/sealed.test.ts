import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { StateBackend } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import { afterEach, describe, expect, test } from 'vitest'
import { keyFrom } from '../../plugins/state/src/seal/keys.ts'
import { SealedStore } from '../../plugins/state/src/seal/sealed-store.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'
import { ROOT } from '../support/root.ts'
import { dropFolders, newFolder, openState, OTHER, put, rowsOf, SHELF } from './store.ts'

const SECRET = 'the lamp in the kitchen is on'
const KEYS = { STATE_KEY_ONE: 'one'.repeat(12), STATE_KEY_TWO: 'two'.repeat(12), STATE_SHORT: 'x' }
const MORE = ['secrets', 'permissions'].map((name) => join(ROOT, 'plugins', name))

let kernel: Kernel | undefined
afterEach(async () => {
  await kernel?.stop()
  kernel = undefined
  for (const name of Object.keys(KEYS)) delete process.env[name]
  dropFolders()
})

async function open(state: object): Promise<{ kernel: Kernel; store: StateBackend }> {
  await kernel?.stop()
  Object.assign(process.env, KEYS)
  kernel = await openState(state, MORE)
  return { kernel, store: await (await kernel.use('state')).backend() }
}

const sealedBy = (...names: string[]) => ({
  encryption: { key: `env:${names[0]}`, old: names.slice(1).map((name) => `env:${name}`) },
})

/** All bytes of a folder, as text. */
function bytesIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
    .join('')
}

describe('a sealed store', () => {
  test('gives back what it was given, and nobody else can read it', async () => {
    const folder = newFolder()
    const { store } = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    await store.commit([put('lamp', { text: SECRET }), put('bytes', Buffer.from(SECRET))])
    await (await (await kernel!.use('state')).backups()).create()
    const again = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    expect(await again.store.scope(SHELF).get('lamp')).toMatchObject({ value: { text: SECRET } })
    expect(await Array.fromAsync(again.store.verify())).toEqual([])
    await kernel!.stop()
    expect(bytesIn(folder)).not.toContain(SECRET)
    expect(bytesIn(folder)).toContain('lamp')
  })

  test.each([
    ['another key', sealedBy('STATE_KEY_TWO')],
    ['no key', {}],
    ['a key that is short', sealedBy('STATE_SHORT')],
  ])('does not open with %s', async (_, encryption) => {
    const folder = newFolder()
    const { store } = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    await store.commit([put('lamp', SECRET)])
    await expect(open({ folder, ...encryption })).rejects.toMatchObject({ code: 'STATE_SEALED' })
    const again = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    expect(await rowsOf(again.store)).toEqual([['shelf', 'lamp', SECRET]])
  })

  test('takes another key, and needs the old one until all is sealed anew', async () => {
    const folder = newFolder()
    const first = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    await first.store.commit([put('a', 1), put('b', new Uint8Array([1]))])
    const both = await open({ folder, ...sealedBy('STATE_KEY_TWO', 'STATE_KEY_ONE') })
    await both.store.commit([put('c', 3)])
    const wrong = open({ folder, ...sealedBy('STATE_KEY_TWO') })
    await expect(wrong).rejects.toMatchObject({ code: 'STATE_SEALED' })
    const third = await open({ folder, ...sealedBy('STATE_KEY_TWO', 'STATE_KEY_ONE') })
    const state = await third.kernel.use('state')
    expect(await state.migrate({ backup: false })).toMatchObject({ resealed: 2 })
    const last = await open({ folder, ...sealedBy('STATE_KEY_TWO') })
    expect(await rowsOf(last.store)).toHaveLength(3)
    expect(await (await last.kernel.use('state')).doctor()).toMatchObject({
      faultCount: 0,
      entries: 3,
      kinds: { custom: { scopes: 1, entries: 3 } },
      sealed: { keyId: keyFrom(KEYS.STATE_KEY_TWO).id },
    })
  })

  test('takes a store that was not sealed, and seals it', async () => {
    const folder = newFolder()
    const plain = await open({ folder })
    await plain.store.commit([
      put('a', 1),
      { ...put('b', 2), ttlMs: 3_600_000, schema: 'untrusted' },
    ])
    const { encryption } = sealedBy('STATE_KEY_ONE')
    await expect(open({ folder, encryption })).rejects.toMatchObject({ code: 'STATE_SEALED' })
    const accepting = { folder, encryption: { ...encryption, accept_plain: true } }
    const { store } = await open(accepting)
    expect(await rowsOf(store)).toHaveLength(2)
    await store.commit([put('c', 3)])
    await expect(open({ folder, encryption })).rejects.toMatchObject({ code: 'STATE_SEALED' })
    await open(accepting)
    expect(await (await kernel!.use('state')).migrate()).toMatchObject({ resealed: 2 })
    await open({ folder, encryption })
    const after = await (await kernel!.use('state')).backend()
    expect(await after.scope(SHELF).get('b')).toMatchObject({ value: 2, schema: 'untrusted' })
    expect((await after.scope(SHELF).get('b'))!.expiresAt! - Date.now()).toBeGreaterThan(3_000_000)
  })

  test('takes back a backup only where its key is here', async () => {
    const folder = newFolder()
    const first = await open({ folder, ...sealedBy('STATE_KEY_ONE') })
    await first.store.commit([put('a', 1)])
    const state = await first.kernel.use('state')
    const { id } = await (await state.backups()).create()
    const place = (await state.backups()).folder
    await open({ folder: newFolder(), backup_folder: place, ...sealedBy('STATE_KEY_TWO') })
    const other = await kernel!.use('state')
    await (await other.backend()).commit([put('mine', 1)])
    const work = (await other.backups()).restore(id)
    await expect(work).rejects.toMatchObject({ code: 'STATE_SEALED' })
    expect(await rowsOf(await other.backend())).toEqual([['shelf', 'mine', 1]])
    await open({ folder: newFolder(), backup_folder: place, ...sealedBy('STATE_KEY_ONE') })
    await (await (await kernel!.use('state')).backups()).restore(id)
    expect(await rowsOf(await (await kernel!.use('state')).backend())).toEqual([['shelf', 'a', 1]])
  })
})

describe('sealed values', () => {
  const keys = [keyFrom('a'.repeat(32))] as const

  async function both() {
    const inner = new RowStore(new MemoryHome(() => {}))
    const store = new SealedStore(inner, { keys, acceptPlain: false })
    await store.open({ signal: new AbortController().signal })
    return { inner, store }
  }

  test.each([
    ['at another key', 'a', { scope: SHELF, key: 'b' }],
    ['in another scope', 'a', { scope: OTHER, key: 'a' }],
    ['without its mark', 'marked', { scope: SHELF, key: 'marked' }],
  ])('do not open %s', async (_, from, to) => {
    const { inner, store } = await both()
    await store.commit([put('a', 1), { ...put('marked', 1), schema: 'untrusted' }])
    const { value } = (await inner.scope(SHELF).get<Uint8Array>(from))!
    await inner.scope(to.scope).put(to.key, value)
    const read = store.scope(to.scope).get(to.key)
    await expect(read).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
    const faults = await Array.fromAsync(store.verify())
    expect(faults).toMatchObject([{ fault: 'schema', key: to.key }])
  })

  test('that were put in plain are refused where all is sealed', async () => {
    const { inner, store } = await both()
    await inner.scope(SHELF).put('a', 'forged')
    const read = store.scope(SHELF).get('a')
    await expect(read).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
  })

  test('are never the same twice', async () => {
    const { inner, store } = await both()
    await store.commit([put('a', 1)])
    const first = (await inner.scope(SHELF).get('a'))!.value
    await store.commit([put('a', 1)])
    expect((await inner.scope(SHELF).get('a'))!.value).not.toEqual(first)
  })
})
