import { expect, test } from 'vitest'
import { ALL, openHouse } from '../support/kernel.ts'
import { LANGUAGES, openStateful, ran } from './house.ts'

const HOOKS = {
  lua: `Hook.register('state.read', function(ctx)
      if ctx.data.key == 'locked' then return Hook.cancel('locked') end end)
    Hook.register('state.loaded', function(ctx) ctx.data.value = 'masked' return Hook.modify(ctx.data) end)
    local told = {}
    State.scope('custom:g'):watch('*', function(c)
      told[#told + 1] = c.op .. ' ' .. c.key .. ' ' .. tostring(c.value)
      if c.key == 'open' and c.op == 'delete' then Event.publish('over') end end)
    local over = Event.subscribe('over')
    State.save('custom:g', 'locked', 'secret')
    State.delete('custom:g', 'locked')
    State.save('custom:g', 'open', 'secret')
    Async.sleep(100)
    State.delete('custom:g', 'open')
    over:next(10000)
    return table.concat(told, ', ')`,
  javascript: `await Hook.register('state.read', (ctx) =>
      ctx.data.key === 'locked' ? Hook.cancel('locked') : undefined)
    await Hook.register('state.loaded', (ctx) => { ctx.data.value = 'masked'; return Hook.modify(ctx.data) })
    const told = []
    await (await State.scope('custom:g')).watch('*', async (c) => {
      told.push([c.op, c.key, c.value ?? 'nil'].join(' '))
      if (c.key === 'open' && c.op === 'delete') await Event.publish('over') })
    const over = await Event.subscribe('over')
    await State.save('custom:g', 'locked', 'secret')
    await State.delete('custom:g', 'locked')
    await State.save('custom:g', 'open', 'secret')
    await Async.sleep(100)
    await State.delete('custom:g', 'open')
    await over.next(10000)
    return told.join(', ')`,
}

test.each(LANGUAGES)('a watch in %s is told what a read would give', async (language) => {
  await using house = await openStateful()
  const { value } = await ran(house, language, HOOKS[language])
  expect(value).toBe('set open masked, delete open nil')
})

test('a version that may not be read is not told', async () => {
  await using house = await openStateful()
  const source = `State.save('global', 'locked', 1)
    Hook.register('state.read', function() return Hook.cancel('locked') end)
    return State.version('global', 'locked')`
  expect(await ran(house, 'lua', source)).toMatchObject({ code: 'HOOK_CANCELLED' })
})

test('a run writes so much and no more; another run may write again', async () => {
  const state = { store: 'memory', max_bytes_per_run: 1000 }
  await using house = await openHouse([...ALL, 'engine-javascript'], [], { plugins: { state } })
  const save = (n: number) =>
    `for i = 1, ${n} do State.save('global', 'k', ('x'):rep(200)) end return 1`
  expect(await ran(house, 'lua', save(4))).toEqual({ value: 1 })
  const came = await ran(house, 'lua', save(5))
  expect(came).toMatchObject({ code: 'VALUE_TOO_LARGE' })
  expect(came.message).toContain('at most 1000 bytes')
  expect(await ran(house, 'lua', save(4))).toEqual({ value: 1 })
})
