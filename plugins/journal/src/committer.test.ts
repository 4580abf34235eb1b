import { describe, expect, test } from 'vitest'
import type { CommitOptions, StateBackend, StateOp } from '@llmspell/sdk'
import { Committer } from './committer.ts'
import { put } from './store.ts'

interface Batch {
  readonly keys: readonly string[]
  readonly durability: string | undefined
}

/** A store that takes its time, and notes what it was given. */
function slowStore(ms: number, fail = false) {
  const batches: Batch[] = []
  const commit = async (ops: readonly StateOp[], { durability }: CommitOptions = {}) => {
    batches.push({ keys: ops.map(({ key }) => key), durability })
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (fail) throw new Error('disk full')
    return { seq: 1n, duplicate: false }
  }
  return { batches, backend: { commit } as unknown as StateBackend }
}

describe('group commit', () => {
  test('everything that comes while a batch is written goes into the next', async () => {
    const { backend, batches } = slowStore(10)
    const committer = new Committer(backend, 1_000)
    const first = committer.commit([put('0', 0)], 'sync')
    await expect.poll(() => batches.length).toBe(1)
    const rest = Array.from({ length: 50 }, (_, i) =>
      committer.commit([put(`${i + 1}`, i)], 'sync'),
    )
    await Promise.all([first, ...rest])
    expect(batches.map(({ keys }) => keys.length)).toEqual([1, 50])
  })

  test('what is not urgent rides along, in order, and the batch is as durable as its most urgent part', async () => {
    const { backend, batches } = slowStore(1)
    const committer = new Committer(backend, 60_000)
    committer.add([put('a', 1)], { durability: 'os', urgent: false })
    committer.add([put('b', 1)], { durability: 'os', urgent: false })
    await committer.commit([put('c', 1)], 'sync')
    expect(batches).toEqual([{ keys: ['a', 'b', 'c'], durability: 'sync' }])
  })

  test('what is not urgent goes by itself after a while', async () => {
    const { backend, batches } = slowStore(1)
    const committer = new Committer(backend, 5)
    const done = Promise.withResolvers<void>()
    committer.add([put('a', 1)], { durability: 'os', urgent: false }, () => done.resolve())
    await done.promise
    expect(batches).toEqual([{ keys: ['a'], durability: 'os' }])
  })

  test('a latest state is asked for once in each batch', async () => {
    const { backend, batches } = slowStore(1)
    const committer = new Committer(backend, 60_000)
    const source = { ops: () => [put('row', 1)] }
    for (const key of ['a', 'b'])
      committer.add([put(key, 1)], { durability: 'os', urgent: false, source })
    await committer.flush()
    expect(batches).toEqual([{ keys: ['a', 'b', 'row'], durability: 'os' }])
  })

  test('a flush does not wait for what comes behind it', async () => {
    const { backend, batches } = slowStore(1)
    const committer = new Committer(backend, 60_000)
    let goesOn = true
    const feed = (): void => {
      const options = { durability: 'os', urgent: true } as const
      committer.add([put('k', 1)], options, () => goesOn && feed())
    }
    feed()
    await committer.flush()
    const before = batches.length
    await expect.poll(() => batches.length).toBeGreaterThan(before)
    goesOn = false
  })

  test('a failure reaches all that were in the batch', async () => {
    const { backend } = slowStore(1, true)
    const committer = new Committer(backend, 60_000)
    const both = [committer.commit([put('a', 1)], 'sync'), committer.commit([put('b', 1)], 'sync')]
    const settled = await Promise.allSettled(both)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await committer.flush()
  })
})
