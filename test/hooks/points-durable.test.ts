// What hooks decide of tools, agents and workflows stands in the journal of a durable run.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from '../durable/house.ts'
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

/** The points whose functions are entered inside of a step. */
const INSIDE: Pair = {
  lua: `local asked = {}
        Hook.register('tool.output', function(ctx)
          asked.tool = true
          ctx.data.output.result.said = ctx.data.output.result.said .. '?'
          return Hook.modify(ctx.data)
        end)
        Hook.register('llm.request', function(ctx) asked.model = true end)
        local a = Tool.world_unsafe{ text = 'one' }.result.said
        local b = Agent.create{ model = 'mock/echo' }:execute('Hi').text
        local c = Tool.world_unsafe{ text = 'two' }.result.said
        return { a, b, c, asked.tool and asked.model }`,
  javascript: `const asked = {}
        await Hook.register('tool.output', (ctx) => {
          asked.tool = true
          ctx.data.output.result.said += '?'
          return Hook.modify(ctx.data)
        })
        await Hook.register('llm.request', () => { asked.model = true })
        const a = (await Tool.worldUnsafe({ text: 'one' })).result.said
        const b = (await (await Agent.create({ model: 'mock/echo' })).execute('Hi')).text
        const c = (await Tool.worldUnsafe({ text: 'two' })).result.said
        return [a, b, c, asked.tool && asked.model]`,
}

/** A function that asks for something while its step is under way: a run that is left cannot give it any more. */
const CALLING: Pair = {
  lua: `Hook.register('tool.input', function(ctx)
          ctx.data.params.text = Tool.world_idempotent{ text = 'asked' }.result.said
          return Hook.modify(ctx.data)
        end, { where = { name = 'world-unsafe' } })
        return { Tool.world_unsafe{ text = 'one' }.result.said }`,
  javascript: `await Hook.register('tool.input', async (ctx) => {
          ctx.data.params.text = (await Tool.worldIdempotent({ text: 'asked' })).result.said
          return Hook.modify(ctx.data)
        }, { where: { name: 'world-unsafe' } })
        return [(await Tool.worldUnsafe({ text: 'one' })).result.said]`,
}

const SCRIPTS = [
  ['that change and replace', CHANGED, ['one', 'hook 2', 'Hi!', 'step 3'], ['unsafe one']],
  ['inside of steps', INSIDE, ['one?', 'Hi', 'two?', true], ['unsafe one', 'unsafe two']],
  ['that call tools', CALLING, ['asked'], ['idempotent asked', 'unsafe asked']],
] as const

describe.each(LANGUAGES)('answers of hooks in a durable run in %s', (language) => {
  test.each(SCRIPTS)('%s are the same on replay', async (name, pair, value, effects) => {
    const id = `answers ${name} ${language}`.replaceAll(' ', '-')
    const lived = await house.runtime.run(request(pair, language, id))
    expect(lived.value).toEqual(value)
    const { result } = await house.runtime.replay(id)
    expect(result?.value).toEqual(value)
    expect(world.effects).toEqual(effects)
  })

  test.each(SCRIPTS)(
    '%s are the same wherever a life ended',
    async (name, pair, value, effects) => {
      const whole = `whole ${name} ${language}`.replaceAll(' ', '-')
      await house.runtime.run(request(pair, language, whole))
      const { length } = await house.history(whole)
      for (let n = 0; n < length; n++) {
        world.effects.length = 0
        const id = `${whole}-${n}`
        killBehind(world, house, id, n)
        const first = await house.runtime.run(request(pair, language, id)).catch(() => undefined)
        const ended = first ?? (await house.runtime.resume(id, { onUnknown: 'retry' }))
        expect({ n, value: ended.value }).toEqual({ n, value })
        expect(new Set(world.effects)).toEqual(new Set(effects))
      }
    },
  )
})
