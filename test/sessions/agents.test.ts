import { afterAll, beforeAll, expect, test } from 'vitest'
import { LANGUAGES, openStateful, ran } from '../state-module/house.ts'
import type { House } from '../support/kernel.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

test.each(LANGUAGES)('what an agent says belongs to its session, in %s', async (language) => {
  const lua = language === 'lua'
  const talk = (id: string): string =>
    lua
      ? `local a = Agent.create{ name = 'poet', session = '${id}' }
         a:execute('My name is Ada')
         return { #State.load('session:${id}', 'agent:poet').memory.messages, a:usage().requests }`
      : `const a = await Agent.create({ name: 'poet', session: await Session.get('${id}') })
         await a.execute('My name is Ada')
         return [(await State.load('session:${id}', 'agent:poet')).memory.messages.length, (await a.usage()).requests]`
  const made = lua ? `return Session.create().id` : `return (await Session.create()).id`
  const id = (await ran(house, language, made)).value as string
  const other = (await ran(house, language, made)).value as string
  expect(await ran(house, language, talk(id))).toEqual({ value: [2, 1] })
  expect(await ran(house, language, talk(id))).toEqual({ value: [4, 2] })
  expect(await ran(house, language, talk(other))).toEqual({ value: [2, 1] })
  const sessions = await house.kernel.use('sessions' as never)
  const usage = (at: string) => (sessions as Sessions).usage(at)
  expect((await usage(id)).requests).toBe(2)
  expect((await usage(other)).requests).toBe(1)
})

interface Sessions {
  usage(id: string): Promise<{ readonly requests: number }>
}

test.each([
  [`{ name = 'x', session = 'nobody' }`, 'SESSION_NOT_FOUND'],
  [`{ name = 'x', session = '../x' }`, 'SESSION_ID_INVALID'],
  [`{ session = Session.create() }`, 'INPUT_INVALID'],
  [`{ name = 'x', session = Session.create(), persist = true }`, 'INPUT_INVALID'],
])('Agent.create%s is refused with %s', async (config, code) => {
  expect(await ran(house, 'lua', `Agent.create${config}`)).toMatchObject({ code })
})

test('a session fails with the run that worked in it, and can be gone on with', async () => {
  const made = await ran(house, 'lua', `id = Session.create{ tags = { 'broken' } }.id error('no')`)
  expect(made.code).toBe('SCRIPT_ERROR')
  const source = `
    local rows = Session.list{ tags = { 'broken' }, status = 'failed' }
    return { #rows, Session.resume(rows[1].id).status }`
  expect(await ran(house, 'lua', source)).toEqual({ value: [1, 'active'] })
})

test('a run that ends well or has left it does not fail it', async () => {
  const left = `local s = Session.create{ tags = { 'left' } } s:suspend() error('no')`
  await ran(house, 'lua', left)
  const { value } = await ran(house, 'lua', `return Session.list{ tags = { 'left' } }[1].status`)
  expect(value).toBe('suspended')
})
