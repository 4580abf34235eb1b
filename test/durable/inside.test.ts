import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world, undefined)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
})

/** Functions of the script that the host enters while one of its steps is under way. */
const GUARDED: Pair = {
  lua: `local seen = {}
    Hook.register("tool.guard", function(call) seen[#seen + 1] = call.data.params.text end)
    Tool.world_unsafe{ text = "a" }
    Tool.world_unsafe{ text = "b" }
    local chunks = 0
    Tool.execute("world-idempotent", { text = "c" }, { on_chunk = function() chunks = chunks + 1 end })
    return { seen, chunks }`,
  javascript: `const seen = []
    await Hook.register('tool.guard', (call) => { seen.push(call.data.params.text) })
    await Tool.worldUnsafe({ text: 'a' })
    await Tool.worldUnsafe({ text: 'b' })
    let chunks = 0
    await Tool.execute('world-idempotent', { text: 'c' }, { onChunk: () => { chunks++ } })
    return [seen, chunks]`,
}

const CHUNKS: Pair = {
  lua: `local words, agent = {}, Agent.create{ name = "speaker" }
    agent:execute("Speak", { on_chunk = function(chunk) words[#words + 1] = chunk.text end })
    Tool.world_unsafe{ text = "after" }
    return words`,
  javascript: `const words = [], agent = await Agent.create({ name: 'speaker' })
    await agent.execute('Speak', { onChunk: (chunk) => { words.push(chunk.text) } })
    await Tool.worldUnsafe({ text: 'after' })
    return words`,
}

describe.each(LANGUAGES)('in %s', (language) => {
  test('a guard of the script is entered again where its step is only answered', async () => {
    const whole = await house.runtime.run(request(GUARDED, language, `${language}-guarded`))
    expect(whole.value).toEqual([['a', 'b', 'c'], 1])
    const records = await house.history(`${language}-guarded`)
    expect(
      records.some((record) => record.kind === 'callback' && record.within !== undefined),
    ).toBe(true)
    for (let n = 2; n < records.length - 2; n++) {
      const id = `${language}-guarded-${n}`
      killBehind(world, house, id, n)
      await house.runtime.run(request(GUARDED, language, id)).catch(() => {})
      const ended = await house.runtime.resume(id, { onUnknown: 'retry' })
      const [seen, chunks] = ended.value as [string[], number]
      // A step that was under way runs again, and what it enters is entered again.
      expect([n, [...new Set(seen)], chunks > 0]).toEqual([n, ['a', 'b', 'c'], true])
      expect((await house.runtime.replay(id)).result?.value).toEqual(ended.value)
    }
  })

  test('a function that takes the chunks of an agent is entered in the same order in every life', async () => {
    const whole = await house.runtime.run(request(CHUNKS, language, `${language}-chunks`))
    const records = await house.history(`${language}-chunks`)
    const replayed = await house.runtime.replay(`${language}-chunks`)
    expect(replayed.report.difference).toBeUndefined()
    expect(replayed.result?.value).toEqual(whole.value)
    for (let n = 2; n < records.length - 2; n++) {
      const id = `${language}-chunks-${n}`
      killBehind(world, house, id, n)
      await house.runtime.run(request(CHUNKS, language, id)).catch(() => {})
      const ended = await house.runtime.resume(id, { onUnknown: 'retry' })
      expect([n, ended.value]).toEqual([n, whole.value])
    }
  })
})
