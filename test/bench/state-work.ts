import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { createKernel } from '@llmspell/kernel'
import type { Scope, StateOp } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

const HOME: Scope = { tenant: 'local', kind: 'custom', id: 'bench' }

export const valueOf = (n: number) => ({ n, text: 'x'.repeat(250), tags: ['a', 'b'] })
const keyOf = (n: number): string => `key-${String(n).padStart(9, '0')}`

/** What the bare database and a store of ours both can do, with the same values. */
export interface Store {
  get(n: number): Promise<unknown>
  put(n: number, sync: boolean): Promise<unknown>
  batch(from: number, count: number, sync: boolean): Promise<unknown>
  /** How many keys there are, each read. */
  count(): Promise<number>
  close(): Promise<unknown>
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)

export async function openBare(folder: string): Promise<Store> {
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' })
  await level.open()
  const put = (n: number) => ({ type: 'put', key: keyOf(n), value: valueOf(n) }) as const
  return {
    get: (n) => level.get(keyOf(n)),
    put: (n, sync) => level.put(keyOf(n), valueOf(n), { sync }),
    batch: (from, count, sync) => level.batch(numbers(from, count).map(put), { sync }),
    count: () => counted(level.iterator()),
    close: () => level.close(),
  }
}

export async function openOurs(folder: string): Promise<Store> {
  const plugins = ['state', 'store-level'].map((name) => join(ROOT, 'plugins', name))
  const kernel = createKernel({
    plugins,
    config: { plugins: { state: { store: 'level', folder } } },
  })
  await kernel.start()
  const backend = await (await kernel.use('state')).backend()
  const scope = backend.scope(HOME)
  const durability = (sync: boolean) => ({ durability: sync ? ('sync' as const) : ('os' as const) })
  const put = (n: number): StateOp => ({ op: 'put', scope: HOME, key: keyOf(n), value: valueOf(n) })
  return {
    get: async (n) => (await scope.get(keyOf(n)))?.value,
    put: (n, sync) => scope.put(keyOf(n), valueOf(n), durability(sync)),
    batch: (from, count, sync) => backend.commit(numbers(from, count).map(put), durability(sync)),
    count: () => counted(scope.iterate()),
    close: () => kernel.stop(),
  }
}

async function counted(entries: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of entries) count++
  return count
}
