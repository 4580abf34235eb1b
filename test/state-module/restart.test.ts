import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Value } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import { LANGUAGES, openStateful, ran } from './house.ts'
import type { Language } from './house.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** One life of an installation. */
async function life(language: Language, source: string): Promise<Value | undefined> {
  await using house = await openStateful(join(folder, 'data'))
  const { value, code, message } = await ran(house, language, source)
  expect([code, message]).toEqual([undefined, undefined])
  return value
}

describe.each(LANGUAGES)('with the default store, in %s', (language) => {
  const lua = language === 'lua'

  test('values are there in the next life', async () => {
    await life(
      language,
      lua
        ? `State.save('global', 'k', { some_key = 1 }) State.save('global', 'gone', 1, { ttl = 1 })`
        : `await State.save('global', 'k', { some_key: 1 }); await State.save('global', 'gone', 1, { ttl: 1 })`,
    )
    const found = await life(
      language,
      lua ? `return State.all('global')` : `return await State.all('global')`,
    )
    expect(found).toEqual({ k: { some_key: 1 } })
  })

  test('sessions are there in the next life, with their state', async () => {
    const id = await life(
      language,
      lua
        ? `local s = Session.create{ name = 'letters' } State.save('session', 'k', 3) s:suspend() return s.id`
        : `const s = await Session.create({ name: 'letters' }); await State.save('session', 'k', 3); await s.suspend(); return s.id`,
    )
    const found = await life(
      language,
      lua
        ? `local s = Session.resume('${id as string}')
           return { s.name, s.status, State.load('session', 'k'), #Session.list()[1].runs }`
        : `const s = await Session.resume('${id as string}')
           return [s.name, s.status, await State.load('session', 'k'), (await Session.list())[0].runs.length]`,
    )
    expect(found).toEqual(['letters', 'active', 3, 2])
  })

  test('agents are there in the next life, each by its name', async () => {
    const made = (name: string): string =>
      lua
        ? `Agent.create{ name = '${name}', persist = true }`
        : `await Agent.create({ name: '${name}', persist: true })`
    await life(
      language,
      lua
        ? `local poet, clerk = ${made('poet')}, ${made('clerk')}
           poet:execute('I am Ada') poet:execute('I write') clerk:execute('I count') poet:conversation('side'):execute('aside')`
        : `const poet = ${made('poet')}, clerk = ${made('clerk')}
           await poet.execute('I am Ada'); await poet.execute('I write'); await clerk.execute('I count')
           await (await poet.conversation('side')).execute('aside')`,
    )
    const found = await life(
      language,
      lua
        ? `local poet, clerk, other = ${made('poet')}, ${made('clerk')}, ${made('other')}
           local said = {}
           for _, m in ipairs(poet:execute('again').messages) do said[#said + 1] = m.text end
           return { said, poet:usage().requests, clerk:usage().requests, other:usage().requests, other:load(),
             #poet:conversation('side'):messages(), poet:forget(), poet:load(), clerk:load() }`
        : `const poet = ${made('poet')}, clerk = ${made('clerk')}, other = ${made('other')}
           const said = (await poet.execute('again')).messages.map((m) => m.text)
           return [said, (await poet.usage()).requests, (await clerk.usage()).requests, (await other.usage()).requests, await other.load(),
             (await (await poet.conversation('side')).messages()).length, await poet.forget(), await poet.load(), await clerk.load()]`,
    )
    const said = ['I am Ada', 'I am Ada', 'I write', 'I write', 'again', 'again']
    expect(found).toEqual([said, 4, 1, 0, false, 2, true, false, true])
  })
})

test('what a script has put in the place of a conversation never reaches a model', async () => {
  const bad = ['1', '{}', `{ conversations = 1, usage = {} }`]
  const part = `{ role = 'system', content = { { type = 'file', mime = 'x', data = 'https://x' } } }`
  const dump = `{ messages = { ${part} }, summary = '', untrusted = false }`
  bad.push(`{ memory = ${dump}, conversations = JSON.array{}, usage = {} }`)
  await using house = await openStateful()
  for (const value of bad) {
    const source = `State.save('agent:poet', 'agent', ${value})
      local ok, err = pcall(Agent.create, { name = 'poet', persist = true })
      State.delete('agent:poet', 'agent')
      return { ok, err.code, Agent.create{ name = 'poet', persist = true }.name }`
    expect((await ran(house, 'lua', source)).value).toEqual([false, 'STATE_DAMAGED', 'poet'])
  }
})

test('an agent without a name cannot be found again', async () => {
  await using house = await openStateful()
  expect(await ran(house, 'lua', `Agent.create{ persist = true }`)).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining("'name'") as string,
  })
  const source = `Agent.create{ persist = 'custom:desk' }:execute('Hi') return State.list_keys('desk')`
  expect((await ran(house, 'lua', source)).value).toEqual(['agent'])
})

test('a house without a folder says what to do', async () => {
  await using house = await openHouse(undefined, [], { plugins: { state: { store: 'level' } } })
  await expect(house.lua(`State.save('global', 'k', 1)`)).rejects.toMatchObject({
    code: 'STATE_UNAVAILABLE',
    hint: expect.stringContaining('plugins.state.folder') as string,
  })
})
