import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairsIn, put, SCOPE } from './testing/pairs.ts'
import { Places, ready, storeIn } from './testing/places.ts'

const places = new Places()
afterAll(() => places.clean())

const COMMITS = 300
const FULL = Boolean(process.env['LLMSPELL_TEST_FULL'])

let whole: string
beforeAll(async () => {
  whole = places.make()
  const store = storeIn(whole)
  await store.open(ready)
  for (let n = 0; n < COMMITS; n++) await store.commit(put(n))
  await store.close()
})

function copy(): string {
  const folder = places.make()
  cpSync(whole, folder, { recursive: true })
  return folder
}

const fileOf = (folder: string, ending: string): string => {
  const inner = join(folder, 'level-1')
  const names = readdirSync(inner).filter((name) => name.endsWith(ending))
  const sizes = names.map((name) => [statSync(join(inner, name)).size, name] as const)
  return join(inner, sizes.toSorted(([a], [b]) => b - a)[0]![1])
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  for (let i = 0; i < 8; i++) bytes[(at + i) % bytes.length]! ^= 0xa5
  writeFileSync(file, bytes)
}

/** What became of a damaged store: told at the door, told by verify or by reading; or nothing is missing. */
async function verdict(folder: string): Promise<string> {
  const store = storeIn(folder)
  const refused = await store.open(ready).then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  )
  if (refused) return refused
  try {
    const faults = await Array.fromAsync(store.verify())
    const { whole: found, torn } = await pairsIn(store)
    if (faults.length > 0) return 'verify'
    return found.size === COMMITS && torn.length === 0 ? 'whole' : `${found.size} without a word`
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await store.close()
  }
}

describe('eight flipped bytes', () => {
  test(`in the log are told at the door`, async () => {
    const size = statSync(fileOf(whole, '.log')).size
    expect(size).toBeGreaterThan(COMMITS * 300)
    const rounds = FULL ? 100 : 20
    for (let round = 0; round < rounds; round++) {
      const folder = copy()
      flip(fileOf(folder, '.log'), Math.floor((size * (round + 0.37)) / rounds))
      expect(await verdict(folder), `round ${round}`).toBe('STATE_DAMAGED')
    }
  })

  test('in a table are told, and never read as something else', async () => {
    const opened = storeIn(whole)
    await opened.open(ready)
    await opened.close()
    const size = statSync(fileOf(whole, '.ldb')).size
    const rounds = FULL ? 100 : 20
    const seen: string[] = []
    for (let round = 0; round < rounds; round++) {
      const folder = copy()
      flip(fileOf(folder, '.ldb'), Math.floor((size * (round + 0.37)) / rounds))
      seen.push(await verdict(folder))
    }
    // Padding and filters carry nothing; whatever carries something is told.
    expect(seen.filter((each) => !/^(STATE_DAMAGED|verify|whole)$/.test(each))).toEqual([])
    expect(seen.filter((each) => each !== 'whole').length).toBeGreaterThan(rounds / 2)
  })
})

test('a log cut at a random byte leaves a prefix without a tear, once its end is not noted', async () => {
  const source = places.make()
  const store = storeIn(source)
  await store.open(ready)
  const running = places.make()
  for (let n = 0; n < COMMITS; n++) await store.commit(put(n))
  // As after a loss of power: nobody has closed it.
  cpSync(source, running, { recursive: true })
  await store.close()
  const size = statSync(fileOf(running, '.log')).size
  const rounds = FULL ? 200 : 20
  for (let round = 0; round < rounds; round++) {
    const folder = places.make()
    cpSync(running, folder, { recursive: true })
    truncateSync(fileOf(folder, '.log'), Math.floor((size * (round + 0.61)) / rounds))
    const cut = storeIn(folder)
    await cut.open(ready)
    const { whole: found, torn } = await pairsIn(cut)
    expect(torn).toEqual([])
    expect([...found].toSorted((a, b) => a - b)).toEqual([...Array(found.size).keys()])
    expect(await Array.fromAsync(cut.verify())).toEqual([])
    await cut.commit(put(1000))
    await cut.close()
  }
})

test('a log that is cut after its end was noted is told', async () => {
  const folder = places.make()
  const store = storeIn(folder)
  await store.open(ready)
  for (let n = 0; n < 10; n++) await store.commit(put(n))
  await store.close()
  const log = fileOf(folder, '.log')
  truncateSync(log, statSync(log).size - 30)
  await expect(storeIn(folder).open(ready)).rejects.toMatchObject({
    code: 'STATE_DAMAGED',
    message: expect.stringContaining('no changes 10 to 10') as unknown,
  })
  const reader = storeIn(folder)
  await reader.open({ ...ready, readOnly: true })
  expect((await reader.scope(SCOPE).get('a8'))!.value).toMatchObject({ n: 8 })
  await reader.close()
})

test('the end of a log that is gone after a kill is told, and what stands before it counts', async () => {
  const source = places.make()
  const store = storeIn(source)
  await store.open(ready)
  for (let n = 0; n < 10; n++) await store.commit(put(n), { durability: 'sync' })
  const killed = places.make()
  cpSync(source, killed, { recursive: true })
  await store.close()
  const log = fileOf(killed, '.log')
  truncateSync(log, statSync(log).size - 30)
  const warnings: string[] = []
  const again = storeIn(killed, { warn: (message) => void warnings.push(message) })
  await again.open(ready)
  expect((await again.scope(SCOPE).get('a8'))!.value).toMatchObject({ n: 8 })
  expect(warnings).toEqual([expect.stringContaining('changes 10 to 10 were written')])
  await again.close()
})
