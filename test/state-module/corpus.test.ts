import type { SpellError } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { BAD_KEYS, BAD_SCOPES, NEIGHBOURS, STRANGE_KEYS } from './corpus.ts'
import { LANGUAGES, openStateful, ran } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

async function call(fn: string, args: readonly unknown[]): Promise<unknown> {
  const run = house.runtime.open()
  try {
    return await run.call('State', fn, args as never)
  } finally {
    await run.close()
  }
}

/** How a call is refused: the code and the message. */
const refusal = (fn: string, args: readonly unknown[]): Promise<string> =>
  call(fn, args).then(
    () => 'nothing',
    (error: SpellError) => `${error.code}: ${error.message}`,
  )

const REFUSED = /^STATE_KEY_INVALID: /

describe('a key', () => {
  test.each(BAD_KEYS)('%j is refused by every function, with the reason', async (key, why) => {
    const rule = new RegExp(`${REFUSED.source}.*${why.source}`, 's')
    for (const fn of ['load', 'delete', 'exists', 'version'])
      expect(await refusal(fn, ['global', key])).toMatch(rule)
    expect(await refusal('save', ['global', key, 1])).toMatch(rule)
    expect(await refusal('agent_set', ['poet', key, 1])).toMatch(rule)
  })

  test('that is strange is a key like others', async () => {
    await Promise.all(STRANGE_KEYS.map((key, n) => call('save', ['strange', key, n])))
    const found = await Promise.all(STRANGE_KEYS.map((key) => call('load', ['strange', key])))
    expect(found).toEqual(STRANGE_KEYS.map((_, n) => n))
    expect(await call('list_keys', ['strange'])).toHaveLength(new Set(STRANGE_KEYS).size)
    expect(Object.keys((await call('all', ['strange'])) as object).toSorted()).toEqual(
      [...STRANGE_KEYS].toSorted(),
    )
  })
})

describe('a scope', () => {
  test.each(BAD_SCOPES)('%j is refused by every function', async (scope) => {
    for (const fn of ['save', 'load', 'delete', 'exists', 'version'])
      expect(await refusal(fn, fn === 'save' ? [scope, 'k', 1] : [scope, 'k'])).toMatch(REFUSED)
    for (const fn of ['list_keys', 'all', 'clear', 'scope'])
      expect(await refusal(fn, [scope])).toMatch(REFUSED)
  })

  test.each([{ type: 'plugin', id: 'journal' }, { type: 'run', id: 'x' }, { type: 'agent' }])(
    'as a table %j is refused',
    async (scope) => {
      expect(await refusal('load', [scope, 'k'])).toMatch(REFUSED)
      expect(await refusal('all', [scope])).toMatch(REFUSED)
    },
  )

  test('is apart from all that look like it', async () => {
    await Promise.all(NEIGHBOURS.map((scope) => call('save', [scope, 'k', scope])))
    for (const scope of NEIGHBOURS) expect(await call('all', [scope])).toEqual({ k: scope })
    await call('clear', [NEIGHBOURS[3]])
    for (const scope of NEIGHBOURS)
      expect(await call('exists', [scope, 'k'])).toBe(scope !== NEIGHBOURS[3])
  })
})

describe.each(LANGUAGES)('what plugins keep, in %s', (language) => {
  test('is in no list of a script', async () => {
    const store = await (await house.kernel.use('state')).backend()
    const scope = { tenant: 'local', kind: 'plugin', id: 'lamps' } as const
    await store.scope(scope).put('secret', 1)
    const source =
      language === 'lua'
        ? `return { State.load('lamps', 'secret'), State.load('custom:lamps', 'secret'), State.load('custom:plugin:lamps', 'secret') }`
        : `return [await State.load('lamps', 'secret'), await State.load('custom:lamps', 'secret'), await State.load('custom:plugin:lamps', 'secret')]`
    const { value } = await ran(house, language, source)
    expect(Object.values(value ?? []).filter((found) => found != null)).toEqual([])
  })
})
