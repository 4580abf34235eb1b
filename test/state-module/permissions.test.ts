import { afterAll, beforeAll, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { openStateful, ran } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
  await ran(house, 'lua', `State.save('agent:poet', 'k', 1) State.save('custom:open', 'k', 2)`)
})
afterAll(() => house.kernel.stop())

const DENIED = [
  [`State.load('agent:poet', 'k')`, { state: ['agent:*'] }],
  [`State.save('agent:poet', 'k', 2)`, { state: ['agent:*'] }],
  [`State.save('agent:poet', 'k', 2)`, { 'state-write': ['agent:poet'] }],
  [`State.delete('agent:poet', 'k')`, { 'state-write': ['*'] }],
  [`State.clear('agent:poet')`, { 'state-write': ['*'] }],
  [`State.update('agent:poet', 'k', function() return 1 end)`, { 'state-write': ['*'] }],
  [`State.all('agent:poet')`, { state: ['*'] }],
  [`State.list_keys('agent:poet')`, { state: ['*'] }],
  [`State.exists('agent:poet', 'k')`, { state: ['*'] }],
  [`State.scope('agent:poet'):watch('*', function() end)`, { state: ['*'] }],
  [`State.agent_get('poet', 'k')`, { '*': ['*'] }],
  [`Agent.create{ name = 'poet', persist = true }`, { state: ['agent:*'] }],
] as const

test.each(DENIED)('%s is denied by the rule %j', async (source, deny) => {
  const came = await ran(house, 'lua', source, { deny })
  expect(came).toMatchObject({ code: 'PERMISSION_DENIED' })
})

test('what no rule denies is open, with no configuration at all', async () => {
  const source = `return { State.load('agent:poet', 'k'), State.load('custom:open', 'k') }`
  expect((await ran(house, 'lua', source)).value).toEqual([1, 2])
  const deny = { 'state-write': ['*'], state: ['session:*'] }
  expect((await ran(house, 'lua', source, { deny })).value).toEqual([1, 2])
})

test('a session is as open as its scope', async () => {
  const deny = { state: ['session:*'] }
  const made = await ran(house, 'lua', `return Session.create{ name = 's' }.id`)
  const get = `return Session.get('${made.value as string}').name`
  expect((await ran(house, 'lua', get)).value).toBe('s')
  expect(await ran(house, 'lua', get, { deny })).toMatchObject({ code: 'PERMISSION_DENIED' })
  expect((await ran(house, 'lua', 'return #Session.list()', { deny })).value).toBe(0)
})
