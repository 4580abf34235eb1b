import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type { Scope } from '@llmspell/sdk'
import { afterEach, describe, expect, test } from 'vitest'
import { openHouse } from '../support/kernel.ts'
import { blocks } from '../support/markdown.ts'
import { ROOT } from '../support/root.ts'

const HOME: Scope = { tenant: 'local', kind: 'global', id: '' }
const PLUGINS = ['state', 'store-level', 'store-memory'] as const

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  made.push(mkdtempSync(join(tmpdir(), 'state-')))
  return join(made.at(-1)!, 'data')
}

async function open(state: object): Promise<Kernel> {
  const plugins = PLUGINS.map((name) => join(ROOT, 'plugins', name))
  const config = { plugins: { state, 'store-level': { reserve_bytes: 0 } } }
  const kernel = createKernel({ plugins, config })
  await kernel.start()
  return kernel
}

describe('the service of state', () => {
  test('opens on first use, closes with the kernel, and finds everything again', async () => {
    const place = folder()
    const first = await open({ folder: place })
    const state = await first.use('state')
    expect(existsSync(place)).toBe(false)
    const [store, same] = await Promise.all([state.backend(), state.backend()])
    expect(store).toBe(same)
    expect(store.id).toBe('level')
    await store.scope(HOME).put('lamp', { on: true })
    await first.stop()
    await expect(store.scope(HOME).get('lamp')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
    await expect(state.backend()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })

    const second = await open({ folder: place })
    const again = await (await second.use('state')).backend()
    expect((await again.scope(HOME).get('lamp'))!.value).toEqual({ on: true })
    await second.stop()
  })

  test('of memory needs no folder', async () => {
    const kernel = await open({ store: 'memory' })
    const store = await (await kernel.use('state')).backend()
    await store.scope(HOME).put('lamp', 1, { durability: 'sync' })
    expect(store.capabilities.durability).toEqual(['none'])
    await kernel.stop()
  })

  test.each([
    [{}, 'STATE_UNAVAILABLE', /plugins\.state\.folder.*"memory"/],
    [{ folder: 'data' }, 'STATE_UNAVAILABLE', /whole path/],
    [{ folder: '/proc/nowhere' }, 'STATE_UNAVAILABLE', /may write/],
    [{ store: 'lvel', folder: '/tmp' }, 'CONTRIBUTION_UNKNOWN', /level/],
  ])('%j is refused with a next step', async (config, code, hint) => {
    const kernel = await open(config)
    const state = await kernel.use('state')
    await expect(state.backend()).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint) as unknown,
    })
    await kernel.stop()
  })

  test('is shared with another kernel, and goes on when that one stops', async () => {
    const place = folder()
    const [first, second] = [await open({ folder: place }), await open({ folder: place })]
    const scope = { tenant: 'local', kind: 'global', id: '' } as const
    const [one, other] = await Promise.all(
      [first, second].map(async (kernel) => (await kernel.use('state')).backend()),
    )
    await one!.scope(scope).put('a', 1)
    expect((await other!.scope(scope).get('a'))!.value).toBe(1)
    await first.stop()
    expect((await other!.scope(scope).get('a'))!.value).toBe(1)
    await second.stop()
  })
})

test('the example of its page does what it says', async () => {
  const kernel = await open({ store: 'memory' })
  const state = await kernel.use('state')
  const printed: string[] = []
  const log = (...words: unknown[]): unknown => printed.push(words.join(' '))
  const [block] = blocks('plugins/state/README.md', 'js')
  const Async = (async () => {}).constructor as new (
    ...texts: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new Async('ctx', 'console', block!.text)({ use: () => state }, { log })
  expect(printed).toEqual(['kitchen false'])
  await kernel.stop()
})

test('the manifests name each code that stores raise', async () => {
  const codes = (file: string): string[] =>
    readFileSync(file, 'utf8').match(/'STATE_(?!SCOPE)[A-Z_]+'/g) ?? []
  const places = '{sdk/src/store,plugins/{state,store-*}/src}/**/*.ts'
  const raised = globSync(join(ROOT, places)).flatMap(codes)
  const { llmspell } = JSON.parse(
    readFileSync(join(ROOT, 'plugins/state/package.json'), 'utf8'),
  ) as {
    llmspell: { contributes: { errors: { name: string }[] } }
  }
  const known = llmspell.contributes.errors.map(({ name }) => `'${name}'`)
  expect([...new Set(raised)].toSorted()).toEqual(known.toSorted())
})

test('a house has a store where its config says so', async () => {
  await using house = await openHouse(undefined, [], { plugins: { state: { store: 'memory' } } })
  expect((await (await house.kernel.use('state')).backend()).id).toBe('memory')
})
