import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES, openStateful, ran } from '../state-module/house.ts'
import type { Language } from '../state-module/house.ts'
import type { House } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

let count = 0

/** A session with one durable run that asks a model and stores what it said. */
async function played(language: Language): Promise<string> {
  const source =
    language === 'lua'
      ? `local s = Session.create()
         local said = Agent.create{ name = 'a' }:execute('Say hello').text
         State.save('global', 'said', said)
         return { s.id, said }`
      : `const s = await Session.create()
         const said = (await (await Agent.create({ name: 'a' })).execute('Say hello')).text
         await State.save('global', 'said', said)
         return [s.id, said]`
  const durable = { runId: `played-${++count}` }
  const { value } = await ran(house, language, source, { durable })
  return (value as string[])[0]!
}

const KEEPS: Readonly<Record<Language, string>> = {
  lua: `
    local session = Session.get_current()
    local said = Agent.create{ name = 'poet', session = session }:execute('Say what you are').text
    Artifact.store(session, 'agent_output', 'letter.txt', said)
    State.update('session', 'letters', function(count) return (count or 0) + 1 end)
    return State.load('session', 'letters')`,
  javascript: `
    const session = await Session.getCurrent()
    const poet = await Agent.create({ name: 'poet', session })
    const said = (await poet.execute('Say what you are')).text
    await Artifact.store(session, 'agent_output', 'letter.txt', said)
    await State.update('session', 'letters', (count) => (count ?? 0) + 1)
    return await State.load('session', 'letters')`,
}

/** All that belongs to a session. */
async function whole(id: string): Promise<Buffer> {
  const sessions = await house.kernel.use('sessions')
  return Buffer.concat(await Array.fromAsync(sessions.export(id)))
}

const replay = async (id: string, options: string): Promise<Record<string, unknown>> => {
  const { value, ...failure } = await ran(
    house,
    'lua',
    `return Session.replay('${id}', ${options})`,
  )
  return (value ?? failure) as Record<string, unknown>
}

describe.each(LANGUAGES)('a session of a durable run in %s', (language) => {
  test('is replayed from its journals, and nothing is done', async () => {
    const id = await played(language)
    await ran(house, 'lua', `State.save('global', 'said', 'untouched')`)
    const found = await replay(id, `{ mode = 'exact', timeout = '1m', stop_on_error = true }`)
    expect(found).toMatchObject({
      identical: true,
      differences: [],
      runs: [{ status: 'succeeded' }],
    })
    expect((found['result'] as string[])[0]).toBe(id)
    const kept = await ran(house, 'lua', `return State.load('global', 'said')`)
    expect(kept.value).toBe('untouched')
  })

  test('is the example of the README, and its replay is identical', async () => {
    const ending = language === 'lua' ? 'lua' : 'js'
    const source = readFileSync(join(ROOT, 'examples', 'scripts', `letters.${ending}`), 'utf8')
    const runId = `letters-${language}`
    const { value: id } = await ran(house, 'lua', `return Session.create().id`)
    const settings = { model: 'mock/demo', session: id as string }
    expect(await ran(house, language, source, { durable: { runId }, settings })).toEqual({})
    const { report } = await house.runtime.replay(runId)
    expect([report.difference, report.identical]).toEqual([undefined, true])
  })

  test('asks the other model anew, in a run of its own', async () => {
    const id = await played(language)
    const found = await replay(id, `{ mode = 'modified', model = 'mock/demo' }`)
    const [run] = found['runs'] as Record<string, unknown>[]
    expect(run).toMatchObject({
      status: 'succeeded',
      new_run_id: expect.stringMatching(/^replay-/),
      asked: { name: 'Provider.check' },
    })
    expect(found['identical']).toBe(false)
    expect((found['differences'] as unknown[]).length).toBe(1)
  })

  test.each([
    ['another model', 'mock/demo', false],
    ['the same model', 'mock/echo', true],
  ])('asks %s in a session of its own', async (_name, model, identical) => {
    const id = (await ran(house, 'lua', `return Session.create().id`)).value as string
    const runId = `apart-${language}-${identical}`
    const settings = { model: 'mock/echo', session: id }
    const sessions = await house.kernel.use('sessions')
    await sessions.enter(id, runId)
    const first = await ran(house, language, KEEPS[language], { durable: { runId }, settings })
    expect(first).toEqual({ value: 1 })
    const before = await whole(id)
    const found = await replay(id, `{ mode = 'modified', model = '${model}' }`)
    expect(found).toMatchObject({ identical, result: 1 })
    expect(await whole(id)).toEqual(before)
    const copy = (await sessions.get(found['new_session_id'] as string))!
    expect(copy).toMatchObject({ parent_session_id: id, runs: [expect.stringMatching(/^replay-/)] })
    const looked = await ran(
      house,
      'lua',
      `return { State.load('session:${copy.id}', 'letters'), #Artifact.list('${copy.id}') }`,
    )
    expect(looked.value).toEqual([1, 1])
  })

  test('tells what would be asked anew, and asks nothing', async () => {
    const id = await played(language)
    await ran(house, 'lua', `State.save('global', 'said', 'untouched')`)
    const found = await replay(id, `{ mode = 'simulate', changes = { 'State.save' } }`)
    expect(found).toMatchObject({ differences: [], runs: [{ asked: { name: 'State.save' } }] })
    expect(found).not.toHaveProperty('identical')
    const kept = await ran(house, 'lua', `return State.load('global', 'said')`)
    expect(kept.value).toBe('untouched')
  })
})

/** Writes in each way before a model is asked, and looks at all of it behind that. */
const WRITES: Readonly<Record<Language, string>> = {
  lua: `
    State.save('session', 'draft', 'Dear Ada')
    State.update('session', 'count', function(count) return (count or 0) + 1 end)
    State.scope('session'):set('far', { api_key = 'open sesame' })
    State.save('session', 'gone', 1)
    State.delete('session', 'gone')
    local kept = Artifact.save{ name = 'draft.txt', content = 'Dear Ada' }
    Agent.create{ name = 'poet' }:execute('Say what you are')
    State.save('session', 'draft', State.load('session', 'draft') .. '!')
    return { State.all('session'), #Artifact.list(Session.get_current()), Artifact.get(kept.id).content }`,
  javascript: `
    await State.save('session', 'draft', 'Dear Ada')
    await State.update('session', 'count', (count) => (count ?? 0) + 1)
    await (await State.scope('session')).set('far', { api_key: 'open sesame' })
    await State.save('session', 'gone', 1)
    await State.delete('session', 'gone')
    const kept = await Artifact.save({ name: 'draft.txt', content: 'Dear Ada' })
    await (await Agent.create({ name: 'poet' })).execute('Say what you are')
    await State.save('session', 'draft', (await State.load('session', 'draft')) + '!')
    const held = await Artifact.list(await Session.getCurrent())
    return [await State.all('session'), held.length, (await Artifact.get(kept.id)).content]`,
}
const WRITTEN = { draft: 'Dear Ada!', count: 1, far: { api_key: 'open sesame' } }

/** A session of runs, one after the other, each in the way of the CLI. */
async function worked(language: Language, ...sources: readonly string[]): Promise<string> {
  const sessions = await house.kernel.use('sessions')
  const { id } = await sessions.create()
  for (const source of sources) {
    const runId = `worked-${++count}`
    await sessions.enter(id, runId)
    const settings = { model: 'mock/echo', session: id }
    const { code, message } = await ran(house, language, source, { durable: { runId }, settings })
    expect([code, message]).toEqual([undefined, undefined])
    await sessions.leave(id, { runId, failed: false })
  }
  return id
}

test.each(LANGUAGES)(
  'what a run in %s wrote before is there where it is asked anew',
  async (lua) => {
    const id = await worked(lua, WRITES[lua])
    const before = await whole(id)
    const found = await replay(id, `{ mode = 'modified', model = 'mock/echo' }`)
    expect(found).toMatchObject({
      identical: true,
      differences: [],
      result: [WRITTEN, 1, 'Dear Ada'],
    })
    const copy = found['new_session_id'] as string
    const seen = `return { State.all('session:${copy}'), Artifact.list('${copy}')[1].sequence }`
    expect((await ran(house, 'lua', seen)).value).toEqual([WRITTEN, 1])
    expect(await whole(id)).toEqual(before)
    // The child is a session like others: what its run took over is taken over again.
    const again = await replay(copy, `{ mode = 'modified', model = 'mock/echo' }`)
    expect(again).toMatchObject({ identical: true, result: [WRITTEN, 1, 'Dear Ada'] })
    const { runs } = found as { runs: { new_run_id: string }[] }
    expect((await house.runtime.replay(runs[0]!.new_run_id)).report.identical).toBe(true)
  },
)

test('runs that ask nothing write into the child what they wrote', async () => {
  const first = `State.save('session', 'plan', { 'one', 'two' }) return 'planned'`
  const second = `
    local said = Agent.create{ name = 'a' }:execute('Say hello').text
    return { said, State.load('session', 'plan') }`
  const id = await worked('lua', first, second)
  const found = await replay(id, `{ mode = 'modified', changes = { 'model' } }`)
  expect(found).toMatchObject({ identical: true, result: ['Say hello', ['one', 'two']] })
})

test('a difference shows no secret', async () => {
  const key = `sk-proj-${'a1b2c3d4'.repeat(5)}`
  const source = `
    local said = Agent.create{ name = 'a' }:execute('Say hello').text
    local told = { api_key = 'open sesame', deep = { password = { 'hunter2' } }, word = '${key}', said = said }
    State.save('session', 'told', told)
    State.save('session', 'token', { said, 'swordfish' })
    return told`
  const id = await worked('lua', source)
  const found = await replay(id, `{ mode = 'modified', model = 'mock/demo' }`)
  const texts = JSON.stringify(found['differences'])
  expect(texts).toContain('(hidden)')
  for (const secret of ['sesame', 'hunter2', key, 'swordfish']) expect(texts).not.toContain(secret)
})

test('what is asked anew may do no more than the script that asks', async () => {
  const id = await played('lua')
  const deny = { 'state-write': ['global'] }
  const source = `return Session.replay('${id}', { mode = 'modified', changes = { 'State.save' } })`
  const { value } = await ran(house, 'lua', source, { deny })
  expect(value).toMatchObject({
    runs: [{ status: 'failed', error: { code: 'PERMISSION_DENIED' } }],
  })
})

test('results are compared unless that is not wanted', async () => {
  const found = await replay(await played('lua'), `{ compare_results = false }`)
  expect(found).not.toHaveProperty('identical')
})

test.each([
  [`{ mode = 'modified' }`, 'INPUT_INVALID'],
  [`{ model = 'mock/demo' }`, 'INPUT_INVALID'],
  [`{ timeout = 'soon' }`, 'INPUT_INVALID'],
  [`{ mode = 'other' }`, 'INPUT_INVALID'],
])('the options %s are refused', async (options, code) => {
  expect(await replay(await played('lua'), options)).toMatchObject({ code })
})

test('a session without journals is not replayed, and is not listed', async () => {
  const source = `
    local s = Session.create()
    local ok, err = pcall(s.replay, s)
    for _, row in ipairs(Session.list_replayable()) do assert(row.id ~= s.id) end
    return { err.code, s:can_replay() }`
  expect((await ran(house, 'lua', source)).value).toEqual(['SESSION_NOT_REPLAYABLE', false])
})

test('a durable run that replays gives the same in its next life', async () => {
  const id = await played('lua')
  const durable = { runId: 'replays' }
  const source = `return Session.replay('${id}', { mode = 'modified', changes = { 'model' } }).runs[1].new_run_id`
  const { value } = await ran(house, 'lua', source, { durable })
  const { report, result } = await house.runtime.replay('replays')
  expect([report.identical, result?.value]).toEqual([true, value])
})
