import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES, openStateful, ran } from '../state-module/house.ts'
import type { House } from '../support/kernel.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

const BAD_IDS = [
  '..',
  'a/b',
  '../x',
  'a..b',
  ' ',
  'a b',
  '-x',
  'x'.repeat(65),
  'a\u0000',
  '__proto__',
  'é',
  'session:x',
]

test.each(BAD_IDS)('the id %j is refused by every function', async (id) => {
  const run = house.runtime.open()
  for (const fn of [
    'get',
    'save',
    'load',
    'suspend',
    'resume',
    'complete',
    'delete',
    'set_current',
  ])
    await expect(run.call('Session', fn, [id])).rejects.toMatchObject({
      code: 'SESSION_ID_INVALID',
    })
  await expect(run.call('Session', 'list', [{ after: id }])).rejects.toMatchObject({
    code: 'SESSION_ID_INVALID',
  })
  await run.close()
})

test('every function names a session that is not there', async () => {
  const run = house.runtime.open()
  for (const fn of ['get', 'save', 'load', 'suspend', 'resume', 'complete', 'set_current'])
    await expect(run.call('Session', fn, ['nobody'])).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    })
  expect(await run.call('Session', 'delete', ['nobody'])).toBe(false)
  await run.close()
})

describe.each(LANGUAGES)('sessions in %s', (language) => {
  const lua = language === 'lua'

  test('are listed in pages, newest first, each once', async () => {
    const tag = `page-${language}`
    const source = lua
      ? `for i = 1, 7 do Session.create{ name = 's' .. i, tags = { '${tag}' } } end
         local seen, after = {}, nil
         repeat
           local rows = Session.list{ tags = { '${tag}' }, limit = 3, after = after }
           for _, row in ipairs(rows) do seen[#seen + 1] = row.name after = row.id end
         until #rows < 3
         return seen`
      : `for (let i = 1; i <= 7; i++) await Session.create({ name: 's' + i, tags: ['${tag}'] })
         const seen = []
         for (let after; ;) {
           const rows = await Session.list({ tags: ['${tag}'], limit: 3, ...(after ? { after } : {}) })
           for (const row of rows) { seen.push(row.name); after = row.id }
           if (rows.length < 3) return seen
         }`
    const { value } = await ran(house, language, source)
    expect([...(value as string[])].toSorted()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7'])
  })

  test('tell hooks of their life, in its order', async () => {
    const source = lua
      ? `local seen = {}
         for _, point in ipairs{ 'SessionStart', 'SessionSave', 'SessionCheckpoint', 'SessionRestore', 'SessionEnd' } do
           Hook.register(point, function(ctx) seen[#seen + 1] = ctx.point .. ' ' .. ctx.data.status .. ' ' .. ctx.data.name end)
         end
         local s = Session.create{ name = 'n' }
         s:save() s:suspend() s:resume() s:complete() s:complete()
         return seen`
      : `const seen = []
         for (const point of ['SessionStart', 'SessionSave', 'SessionCheckpoint', 'SessionRestore', 'SessionEnd'])
           await Hook.register(point, (ctx) => { seen.push(ctx.point + ' ' + ctx.data.status + ' ' + ctx.data.name) })
         const s = await Session.create({ name: 'n' })
         await s.save(); await s.suspend(); await s.resume(); await s.complete(); await s.complete()
         return seen`
    expect((await ran(house, language, source)).value).toEqual([
      'SessionStart active n',
      'SessionSave active n',
      'SessionCheckpoint suspended n',
      'SessionRestore active n',
      'SessionEnd completed n',
    ])
  })

  test('are of the run that works in them, and of no other', async () => {
    const source = lua
      ? `local s = Session.create() return { s.id, Session.get_current().id == s.id }`
      : `const s = await Session.create(); return [s.id, (await Session.getCurrent()).id === s.id]`
    const { value } = await ran(house, language, source)
    expect((value as unknown[])[1]).toBe(true)
    const other = lua ? `return Session.get_current()` : `return await Session.getCurrent()`
    expect((await ran(house, language, other)).value ?? null).toBeNull()
  })
})

test('changes of several runs at once are all kept', async () => {
  const { value } = await ran(house, 'lua', `return Session.create{ name = 'shared' }.id`)
  const id = value as string
  const runs = Array.from({ length: 12 }, () => ran(house, 'lua', `Session.load('${id}')`))
  await Promise.all(runs)
  const sessions = await house.kernel.use('sessions' as never)
  const found = await (sessions as { get(id: string): Promise<{ runs: string[] }> }).get(id)
  expect(new Set(found.runs).size).toBe(13)
})
