import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ToolCall, ToolChunk, Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { filesWorld } from '../../../test/files/support.ts'
import { Changes } from './changes.ts'
import type { Change } from './changes.ts'
import type { FileWatchResult } from './generated/output.ts'
import plugin from './index.ts'

const world = await filesWorld()
const { files, permissions, root } = world
world.put('docs/notes.txt', 'notes')
const grants = [{ holder: 'command line', allow: { read: ['.'] } }]
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'file-watch',
  services: { files, permissions },
  grants,
  root,
}
afterAll(() => world[Symbol.asyncDispose]())

toolSuite(options)

let bench: Awaited<ReturnType<typeof toolBench>>
beforeAll(async () => {
  bench = await toolBench(options)
})
// Nothing watches on: the host of the bench would refuse to be disposed.
afterAll(() => bench[Symbol.asyncDispose]())

const at = (path: string): string => join(root, 'seen', path)
beforeEach(() => {
  rmSync(at('.'), { recursive: true, force: true })
  mkdirSync(at('sub'), { recursive: true })
})

interface Watched {
  readonly result: FileWatchResult
  readonly lines: readonly (string | undefined)[]
}

/** Acts when the tool says that it watches. */
async function watched(
  act: () => unknown,
  input: { readonly [key: string]: Value } = {},
  call: Partial<ToolCall> = {},
): Promise<Watched> {
  const chunks: ToolChunk[] = []
  const emit = (chunk: ToolChunk): void => {
    if (chunk.type === 'progress') void act()
    else chunks.push(chunk)
  }
  const defaults = { path: 'seen', duration: 5000, limit: 1, debounce: 30 }
  const whole = { ...defaults, ...input }
  const output = await bench.run(whole, { streamed: true, emit, ...call })
  return {
    result: output.result as unknown as FileWatchResult,
    lines: chunks.map(({ text }) => text),
  }
}

test('what is added, changed and removed is told', async () => {
  await writeFile(at('old.txt'), 'old')
  await writeFile(at('gone.txt'), 'gone')
  const act = async (): Promise<void> => {
    await writeFile(at('new.txt'), 'new')
    await writeFile(at('old.txt'), 'newer')
    rmSync(at('gone.txt'))
    mkdirSync(at('sub/made'))
  }
  const { result, lines } = await watched(act, { limit: 4 })
  expect(lines.map(String).toSorted()).toEqual([
    'added seen/new.txt',
    'added seen/sub/made/',
    'changed seen/old.txt',
    'removed seen/gone.txt',
  ])
  expect(result).toEqual({ path: 'seen', events: [], count: 4, ended: 'events' })
})

test('a file that is written whole is one change', async () => {
  await writeFile(at('a.txt'), 'old')
  const write = async (): Promise<void> => {
    const access = world.access({ write: ['.'] })
    await using file = await files.write('seen/a.txt', access, { mode: 'replace' })
    await file.write(Buffer.from('new'))
    await file.commit()
  }
  const { lines } = await watched(write, { duration: 600, limit: 9, hidden: true })
  expect(lines).toEqual(['changed seen/a.txt'])
})

test('only what was asked for is told', async () => {
  const act = (): Promise<unknown> =>
    Promise.all(['.h.md', 'a.txt', 'sub/b.md', 'c.md'].map((name) => writeFile(at(name), '')))
  const only = { duration: 500, limit: 9, pattern: '*.md' }
  expect((await watched(act, only)).lines.map(String).toSorted()).toEqual([
    'added seen/c.md',
    'added seen/sub/b.md',
  ])
  rmSync(at('c.md'))
  expect((await watched(act, { ...only, recursive: false })).lines).toContain('added seen/c.md')
})

describe('what may not be read', () => {
  test('is not told', async () => {
    const deny = [{ holder: 'command line', allow: { read: ['.'] }, deny: { read: ['seen/sub'] } }]
    const act = (): Promise<unknown> =>
      Promise.all([writeFile(at('sub/secret.txt'), ''), writeFile(at('a.txt'), '')])
    const { lines } = await watched(act, { duration: 500, limit: 9 }, { grants: deny })
    expect(lines).toEqual(['added seen/a.txt'])
  })

  test('behind a link is not told, nor where a folder became a link', async () => {
    symlinkSync(world.outside, at('link'))
    const act = async (): Promise<void> => {
      await writeFile(join(world.outside, 'secret.txt'), '')
      renameSync(at('sub'), at('moved'))
      symlinkSync(world.outside, at('sub'))
      await writeFile(join(world.outside, 'other.txt'), '')
    }
    const { lines } = await watched(act, { duration: 600, limit: 9 })
    expect(lines.join('\n')).not.toMatch(/secret|other/)
  })

  test('is not watched', async () => {
    await expect(watched(() => {}, { path: '..' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    symlinkSync(world.outside, at('link'))
    await expect(watched(() => {}, { path: 'seen/link' })).rejects.toMatchObject({
      code: 'FOLDER_EXPECTED',
    })
  })
})

test('it ends with the time, and at once when it is cancelled', async () => {
  const { result } = await watched(() => {}, { duration: '100ms' })
  expect(result).toMatchObject({ count: 0, ended: 'time' })
  const stop = new AbortController()
  const started = performance.now()
  const run = watched(() => stop.abort(), { duration: '1m' }, { signal: stop.signal })
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(performance.now() - started).toBeLessThan(2000)
})

describe('changes of one name', () => {
  type Event = Change['event']
  const fold = async (...events: Event[]): Promise<(Event | undefined)[]> => {
    const changes = new Changes(1000, 9)
    for (const event of events) changes.push({ event, path: 'a', kind: 'file' })
    changes.end()
    return (await Array.fromAsync(changes.read())).map(({ event }) => event)
  }

  test.each<[Event[], Event[]]>([
    [['added', 'changed'], ['added']],
    [['added', 'removed'], []],
    [['added', 'removed', 'added'], ['added']],
    [['removed', 'added'], ['changed']],
    [['changed', 'changed', 'removed'], ['removed']],
  ])('%j are %j', async (events, together) => {
    expect(await fold(...events)).toEqual(together)
  })
})
