// What hooks decide of tools, agents and workflows stands in the journal of a durable run.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, LANGUAGES, request, World } from '../durable/house.ts'
import type { Pair } from '../durable/house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
})

const CHANGED: Pair = {
  lua: `local n = 0
        Hook.register('tool.input', function(ctx)
          n = n + 1
          if ctx.data.params.text == 'two' then return Hook.replace({ said = 'hook ' .. n }) end
        end)
        Hook.register('agent.input', function(ctx)
          ctx.data.text = ctx.data.text .. '!'
          return Hook.modify(ctx.data)
        end)
        Hook.register('workflow.step', function(ctx) n = n + 1; return Hook.replace('step ' .. n) end)
        local a = Tool.world_unsafe{ text = 'one' }.result.said
        local b = Tool.world_unsafe{ text = 'two' }.result.said
        local c = Agent.create{ model = 'mock/echo' }:execute('Hi').text
        local flow = Workflow.sequential{ name = 'flow', steps = {
          { name = 'add', tool = 'world-unsafe', input = { text = 'three' } } } }
        return { a, b, c, flow:execute().outputs.add }`,
  javascript: `let n = 0
        await Hook.register('tool.input', (ctx) => {
          n++
          if (ctx.data.params.text === 'two') return Hook.replace({ said: 'hook ' + n })
        })
        await Hook.register('agent.input', (ctx) => {
          ctx.data.text += '!'
          return Hook.modify(ctx.data)
        })
        await Hook.register('workflow.step', () => { n++; return Hook.replace('step ' + n) })
        const a = (await Tool.worldUnsafe({ text: 'one' })).result.said
        const b = (await Tool.worldUnsafe({ text: 'two' })).result.said
        const c = (await (await Agent.create({ model: 'mock/echo' })).execute('Hi')).text
        const flow = await Workflow.sequential({ name: 'flow', steps: [
          { name: 'add', tool: 'world-unsafe', input: { text: 'three' } }] })
        return [a, b, c, (await flow.execute()).outputs.add]`,
}
const VALUE = ['one', 'hook 2', 'Hi!', 'step 3']

describe.each(LANGUAGES)('answers of hooks in a durable run in %s', (language) => {
  test('are the same on replay, and what they count is too', async () => {
    const id = `answers-${language}`
    const lived = await house.runtime.run(request(CHANGED, language, id))
    expect(lived.value).toEqual(VALUE)
    const { result } = await house.runtime.replay(id)
    expect(result?.value).toEqual(VALUE)
    expect(world.effects).toEqual(['unsafe one'])
  })
})
