// Hooks of a durable run: in every life they are asked again where the script is, and what they decided stays.
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

const GUARDED: Pair = {
  lua: `local n = 0
        Hook.register('tool.guard', function(ctx)
          n = n + 1
          if ctx.data.params.text == 'two' then return Hook.cancel('not two') end
        end)
        local a = Tool.world_unsafe{ text = 'one' }.result.said
        local ok, err = pcall(Tool.execute, 'world-unsafe', { text = 'two' })
        local c = Tool.world_unsafe{ text = 'three' }.result.said
        return { a, ok, err.code, c }`,
  javascript: `let n = 0
        await Hook.register('tool.guard', (ctx) => {
          n++
          if (ctx.data.params.text === 'two') return Hook.cancel('not two')
        })
        const a = (await Tool.worldUnsafe({ text: 'one' })).result.said
        const err = await Tool.execute('world-unsafe', { text: 'two' }).catch((error) => error)
        const c = (await Tool.worldUnsafe({ text: 'three' })).result.said
        return [a, err.code === undefined, err.code, c]`,
}
const VALUE = ['one', false, 'HOOK_CANCELLED', 'three']
const EFFECTS = ['unsafe one', 'unsafe three']

const HEARD: Pair = {
  lua: `local codes = {}
        for i, point in ipairs{ 'tool.done', 'call.done', 'agent.done', 'workflow.done', 'state.changed' } do
          codes[i] = select(2, pcall(Hook.register, point, function() end)).code
        end
        return codes`,
  javascript: `const codes = []
        for (const point of ['tool.done', 'call.done', 'agent.done', 'workflow.done', 'state.changed'])
          codes.push(await Hook.register(point, () => {}).catch((error) => error.code))
        return codes`,
}

describe.each(LANGUAGES)('hooks of a durable run in %s', (language) => {
  test('hear nothing that a replay has not to tell', async () => {
    const id = `heard-${language}`
    const { value } = await house.runtime.run(request(HEARD, language, id))
    expect(value).toEqual(Array.from({ length: 5 }, () => 'HOOK_NOT_DURABLE'))
    expect((await house.runtime.replay(id)).report.identical).toBe(true)
  })

  test('decide the same on replay, without an effect', async () => {
    const id = `hooks-${language}`
    const lived = await house.runtime.run(request(GUARDED, language, id))
    expect(lived.value).toEqual(VALUE)
    const { result } = await house.runtime.replay(id)
    expect(result?.value).toEqual(VALUE)
    expect(world.effects).toEqual(EFFECTS)
  })

  test('stand again in the next life, wherever the first one ended', async () => {
    const whole = `hooks-whole-${language}`
    await house.runtime.run(request(GUARDED, language, whole))
    const { length } = await house.history(whole)
    for (let n = 0; n < length; n++) {
      world.effects.length = 0
      const id = `hooks-${language}-${n}`
      killBehind(world, house, id, n)
      const first = await house.runtime.run(request(GUARDED, language, id)).catch(() => undefined)
      const ended = first ?? (await house.runtime.resume(id, { onUnknown: 'retry' }))
      expect({ n, value: ended.value }).toEqual({ n, value: VALUE })
      expect(new Set(world.effects)).toEqual(new Set(EFFECTS))
    }
  })
})
