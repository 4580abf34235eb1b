import { describe, expect, test } from 'vitest'
import type { RunContext } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import { openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'
import { storePlace } from './place.ts'

/** A disk that answers when it is told to. */
function heldStore() {
  const store = new RowStore(new MemoryHome(() => {}))
  const commit = store.commit.bind(store)
  let open = Promise.resolve()
  store.commit = async (...given) => (await open, commit(...given))
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    open = promise
    return resolve
  }
  return { store, hold }
}

describe('a wait that ends with its branch while its beginning is written', () => {
  test.each<readonly [string, (c: RunContext) => Promise<unknown>]>([
    ['a sleep', (c) => c.sleep('nap', 0)],
    ['a signal', (c) => c.waitSignal('never', { timeoutMs: 0 })],
  ])('%s never fires, and the run does not wait for it', async (_, wait) => {
    const { store, hold } = heldStore()
    await using place = await storePlace(store)
    let write = (): void => {}
    const bad = async (c: RunContext) =>
      c.step('bad', async () => Promise.reject(new Error('no')), { effect: 'pure' })
    const main: Program = async (c) => {
      write = hold()
      const slow = async (inner: RunContext) => (await wait(inner), null)
      await c.all('all', { slow, bad }).catch(() => write())
      await c.step('later', async () => null)
      await c.waitSignal('go')
      return 'went'
    }
    const house = await openExecutor(place, { main })
    await house.submit('r', 'main')
    await house.until('r', 'waiting')
    expect((await house.executor.get('r'))?.waiting?.name).toBe('go')
    await house.executor.signal('r', { name: 'go', signalId: '1', payload: null })
    expect(await house.executor.result('r')).toEqual({ status: 'succeeded', value: 'went' })
    expect((await house.history('r')).map(({ kind }) => kind)).not.toContain('fired')
    expect(await house.executor.replay('r')).toMatchObject({ identical: true })
  })
})
