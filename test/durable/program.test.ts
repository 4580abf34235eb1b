// A program that a model writes is one step of its agent: the journal answers it as a whole.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Language, Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
})

const CODE: Pair = {
  lua: `local n = 0
    for i = 1, 3 do n = n + #Tool.world_idempotent{ text = 'p' .. i }.result.said end
    return { n = n }`,
  javascript: `let n = 0
    for (let i = 1; i <= 3; i++) n += (await Tool.world_idempotent({ text: 'p' + i })).result.said.length
    return { n }`,
}

function script(language: Language): Pair {
  const input = JSON.stringify({ language, code: CODE[language] })
  return {
    lua: `local reply = { tool_calls = { { name = 'run-script', input = JSON.parse(${lua(input)}) } } }
      local agent = Agent.create{ tools = { 'run-script', 'world-idempotent' },
        model = { model = 'mock/scripted', settings = { replies = { reply, 'Done.' } } } }
      local answer = agent:execute('Count.')
      Tool.world_unsafe{ text = 'after' }
      return { answer.text, answer.tool_calls[1].result.value.n }`,
    javascript: `const reply = { toolCalls: [{ name: 'run-script', input: ${input} }] }
      const agent = await Agent.create({ tools: ['run-script', 'world-idempotent'],
        model: { model: 'mock/scripted', settings: { replies: [{ tool_calls: reply.toolCalls }, 'Done.'] } } })
      const answer = await agent.execute('Count.')
      await Tool.worldUnsafe({ text: 'after' })
      return [answer.text, answer.toolCalls[0].result.value.n]`,
  }
}

const lua = (text: string): string => `[==[${text}]==]`

describe.each(LANGUAGES)('a program in a durable run in %s', (language) => {
  test('gives the same wherever a life ended, and does nothing on replay', async () => {
    const pair = script(language)
    const whole = `program-${language}`
    const lived = await house.runtime.run(request(pair, language, whole))
    expect(lived.value).toEqual(['Done.', 6])
    const effects = [...world.effects]
    expect(effects).toEqual(['idempotent p1', 'idempotent p2', 'idempotent p3', 'unsafe after'])
    expect((await house.runtime.replay(whole)).result?.value).toEqual(['Done.', 6])
    expect(world.effects).toEqual(effects)
    const { length } = await house.history(whole)
    for (let n = 0; n < length; n++) {
      world.effects.length = 0
      const id = `${whole}-${n}`
      killBehind(world, house, id, n)
      const first = await house.runtime.run(request(pair, language, id)).catch(() => undefined)
      const ended = first ?? (await house.runtime.resume(id))
      expect({ n, value: ended.value }).toEqual({ n, value: ['Done.', 6] })
      expect(world.effects).toEqual(effects)
    }
  })
})
