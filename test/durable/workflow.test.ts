// A workflow with all that it does about failures, in a run that is dropped wherever it stands.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
})

const FLOW: Pair = {
  lua: `local tries = 0
    local beside = Workflow.parallel{ name = 'beside', steps = {
      { name = 'again', retry = { max_attempts = 3, delay = '1ms' }, run = function()
          tries = tries + 1
          Tool.world_unsafe{ text = 'try ' .. tries }
          if tries < 3 then error('not yet') end
          return tries
        end },
      { name = 'instead', run = function() error('bad') end,
        fallback = function() return Tool.world_unsafe{ text = 'instead' }.result.said end },
      { name = 'plain', tool = 'world-unsafe', input = { text = 'plain', ms = 3 } } } }
    local out = beside:execute().outputs
    local undone = Workflow.sequential{ name = 'undone', steps = {
      { name = 'book', tool = 'world-unsafe', input = { text = 'book' },
        compensate = function() Tool.world_unsafe{ text = 'unbook' } end },
      { name = 'pay', run = function() error('no money') end } } }
    local ok, err = pcall(function() return undone:execute() end)
    local row = err.details.result.metadata.extra.compensated[1]
    return { out.again, out.instead or out.instead_fallback, out.plain.said, err.code, row.step, row.ok }`,
  javascript: `let tries = 0
    const beside = await Workflow.parallel({ name: 'beside', steps: [
      { name: 'again', retry: { maxAttempts: 3, delay: '1ms' }, run: async () => {
          tries++
          await Tool.worldUnsafe({ text: 'try ' + tries })
          if (tries < 3) throw new Error('not yet')
          return tries
        } },
      { name: 'instead', run: () => { throw new Error('bad') },
        fallback: async () => (await Tool.worldUnsafe({ text: 'instead' })).result.said },
      { name: 'plain', tool: 'world-unsafe', input: { text: 'plain', ms: 3 } } ] })
    const out = (await beside.execute()).outputs
    const undone = await Workflow.sequential({ name: 'undone', steps: [
      { name: 'book', tool: 'world-unsafe', input: { text: 'book' },
        compensate: async () => { await Tool.worldUnsafe({ text: 'unbook' }) } },
      { name: 'pay', run: () => { throw new Error('no money') } } ] })
    const err = await undone.execute().catch((error) => error)
    const row = err.details.result.metadata.extra.compensated[0]
    return [out.again, out.instead ?? out.instead_fallback, out.plain.said, err.code, row.step, row.ok]`,
}
const VALUE = [3, 'instead', 'plain', 'WORKFLOW_FAILED', 'book', true]
const EFFECTS = ['book', 'instead', 'plain', 'try 1', 'try 2', 'try 3', 'unbook']

describe.each(LANGUAGES)('a workflow in a durable run in %s', (language) => {
  test('gives the same and does everything once, wherever a life ended', async () => {
    const whole = `flow-${language}`
    const lived = await house.runtime.run(request(FLOW, language, whole))
    expect(lived.value).toEqual(VALUE)
    const { length } = await house.history(whole)
    for (let n = 0; n < length; n++) {
      world.effects.length = 0
      const id = `${whole}-${n}`
      killBehind(world, house, id, n)
      const first = await house.runtime.run(request(FLOW, language, id)).catch(() => undefined)
      const ended = first ?? (await house.runtime.resume(id))
      expect({ n, value: ended.value }).toEqual({ n, value: VALUE })
      expect(world.effects.toSorted()).toEqual(EFFECTS.map((text) => `unsafe ${text}`))
      expect((await house.runtime.replay(id)).result?.value).toEqual(VALUE)
    }
  })
})
