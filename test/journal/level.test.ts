import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { RowStore } from '@llmspell/sdk/store'
import { executorSuite, openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { LevelHome } from '../../plugins/store-level/src/level-home.ts'
import { storePlace } from './place.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function levelStore(): RowStore {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-journal-'))
  folders.push(folder)
  const config = { reserve_bytes: 0, allow_network_disk: false }
  return new RowStore(new LevelHome({ folder, config, warn: () => {} }))
}

executorSuite('embedded on disk', () => storePlace(levelStore()))

describe('on disk', () => {
  test('runs side by side share what is written', async () => {
    const store = levelStore()
    let batches = 0
    const commit = store.commit.bind(store)
    store.commit = (...given) => (batches++, commit(...given))
    await using place = await storePlace(store)
    const main: Program = async (c) => {
      for (let i = 0; i < 10; i++) await c.step('s', async () => i, { effect: 'idempotent' })
      return null
    }
    const house = await openExecutor(place, { main })
    const ids = Array.from({ length: 32 }, (_, i) => `r${i}`)
    await Promise.all(ids.map((id) => house.run(id, 'main')))
    const records = ids.length * 12
    expect(batches).toBeLessThan(records / 4)
  })

  test('a store that fails drops the run, and it goes on when the store does', async () => {
    const store = levelStore()
    let full = false
    const commit = store.commit.bind(store)
    store.commit = async (...given) => {
      if (full) throw new Error('the disk is full')
      return commit(...given)
    }
    await using place = await storePlace(store)
    const main: Program = async (c) => {
      await c.step('a', async () => null, { effect: 'idempotent' })
      await c.step('fill', async () => ((full = true), null), { effect: 'pure' })
      await c.step('b', async () => null, { effect: 'idempotent' })
      return 'end'
    }
    const errors: string[] = []
    const quiet = { trace() {}, debug() {}, info() {}, warn() {} }
    const logger = { ...quiet, error: (text: string) => void errors.push(text) }
    const house = await openExecutor(place, { main: (c, i) => main(c, i) }, { logger })
    expect((await house.run('r', 'main')).status).toBe('pending')
    expect(errors.join()).toContain('the disk is full')
    full = false
    const healed = await openExecutor(place, {
      main: async (c) => {
        await c.step('a', async () => null, { effect: 'idempotent' })
        await c.step('fill', async () => null, { effect: 'pure' })
        await c.step('b', async () => null, { effect: 'idempotent' })
        return 'end'
      },
    })
    await healed.executor.resume('r')
    expect(await healed.executor.result('r')).toEqual({ status: 'succeeded', value: 'end' })
    expect((await healed.executor.replay('r')).identical).toBe(true)
  })
})
