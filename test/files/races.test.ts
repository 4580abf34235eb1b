import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Access } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesWorld } from './support.ts'
import type { FilesWorld } from './support.ts'

const DURATION = 2500
let world: FilesWorld
let access: Access

beforeAll(async () => {
  world = await filesWorld()
  access = world.access({ read: ['.'], write: ['.'] })
  world.put('swapped.txt', 'inside')
  world.put('folder/a.txt', 'inside')
  mkdirSync(join(world.root, 'moved'))
  writeFileSync(join(world.outside, 'secret.txt'), 'secret')
  writeFileSync(join(world.outside, 'a.txt'), 'secret')
})
afterAll(() => world[Symbol.asyncDispose]())

/** What came of something done again and again. */
class Tally {
  readonly seen = new Map<string, number>()

  async count(act: () => Promise<string>): Promise<void> {
    const found = await act().catch(
      (error: Error & { code?: string }) => error.code ?? error.message,
    )
    this.seen.set(found, (this.seen.get(found) ?? 0) + 1)
  }

  get codes(): string[] {
    return [...this.seen.keys()].toSorted()
  }
}

async function read(path: string): Promise<string> {
  await using file = await world.files.open(path, access)
  return Buffer.concat(await Array.fromAsync(file.read())).toString()
}

async function write(path: string, mode: 'replace' | 'append' | 'create'): Promise<string> {
  await using file = await world.files.write(path, access, { mode, parents: true })
  await file.write(Buffer.from('inside'))
  await file.commit()
  return 'written'
}

async function list(path: string): Promise<string> {
  const names: string[] = []
  for await (const entry of world.files.list(path, access, { depth: 3 })) names.push(entry.path)
  return names.some((name) => name.endsWith('secret.txt')) ? 'secret' : 'listed'
}

async function hurry(tally: Tally, until: number): Promise<void> {
  for (let i = 0; performance.now() < until; i++) {
    await Promise.all([
      tally.count(() => read('swapped.txt')),
      tally.count(() => read('folder/a.txt')),
      tally.count(() => write('swapped.txt', i % 2 ? 'replace' : 'append')),
      tally.count(() => write('folder/b.txt', 'replace')),
      tally.count(() => write(`folder/new/c${i % 7}.txt`, 'append')),
      tally.count(() => write(`moved/deep/d${i % 7}.txt`, 'replace')),
      tally.count(() => list('folder')),
      tally.count(() => world.files.stat('folder/secret.txt', access).then(() => 'secret')),
    ])
  }
}

describe('names that are swapped in a tight loop', () => {
  test('never lead to a foreign read or write', { timeout: 20_000 }, async () => {
    const stop = new SharedArrayBuffer(4)
    const { root, outside } = world
    const workerData = { root, outside, stop }
    const worker = new Worker(new URL('swapper.ts', import.meta.url), { workerData })
    await once(worker, 'message')
    const tally = new Tally()
    await hurry(tally, performance.now() + DURATION)
    Atomics.store(new Int32Array(stop), 0, 1)
    const [turns] = (await once(worker, 'message')) as [number]
    await worker.terminate()
    expect(turns).toBeGreaterThan(50)
    expect(tally.seen.get('inside')).toBeGreaterThan(0)
    expect(tally.seen.get('written')).toBeGreaterThan(0)
    expect(tally.codes).not.toContain('secret')
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret')
    expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('secret')
    // What was moved out with the folder was written while that was inside.
    const names = readdirSync(outside).filter((name) => name !== 'moved')
    expect(names.toSorted()).toEqual(['a.txt', 'secret.txt'])
    const known = /^(?:inside|insideinside.*|written|listed|[A-Z_]+|)$/
    expect(tally.codes.filter((code) => !known.test(code))).toEqual([])
  })
})
