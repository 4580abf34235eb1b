import { afterAll, describe, expect, test } from 'vitest'
import { isSpellError } from '@llmspell/sdk'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Language, Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())

/** Each kind of call, alone, in turn and beside others; more than thirty of them. */
const SCRIPT: Pair = {
  lua: `
    local out = {}
    local function note(v) out[#out + 1] = v end
    note(Tool.execute("world-unsafe", { text = "a" }).result.said)
    note(Tool.execute("world-idempotent", { text = "b" }).result.said)
    note(Run.can("read", "x"))
    for i = 1, 4 do note(Tool.world_pure{ text = "p" .. i }.text) end
    local agent = Agent.create{ name = "clerk", system_prompt = "Be short.", memory = true, tools = { "world-idempotent" } }
    note(agent:execute("What is 17% of 3480?").text)
    note(agent:execute("Hello again").text)
    local text = ""
    for chunk in agent:stream("And now?") do text = text .. (chunk.text or "") end
    note(text)
    local seen = 0
    local stock = Tool.define{ name = "stock", description = "Items", parameters = { item = "string" },
      execute = function(input) seen = seen + 1
        return { item = input.item, said = Tool.world_unsafe{ text = input.item }.result.said } end }
    note(stock:execute({ item = "lamp" }).result.said)
    note(seen)
    local both = Async.all{
      a = function() return Tool.execute("world-idempotent", { text = "x", ms = 5 }).result.said end,
      b = function() return Tool.execute("world-idempotent", { text = "y", ms = 1 }).result.said end }
    note(both.a .. both.b)
    note(#Async.race{ function() Async.sleep(20) return "slow" end, function() Async.sleep(1) return "fast" end })
    note(select(2, pcall(Tool.execute, "no-such-tool", {})).code)
    note(Run.checkpoint("half", { n = 1 }) > 0)
    note(Run.with_budget({ max_steps = 3 }, function() return Run.budget().max_steps end))
    for chunk in Tool.stream("world-idempotent", { text = "s" }) do note(chunk.type) end
    Run.sleep("3ms")
    note(Run.random(1, 1000)) note(math.random(1000))
    note(#agent:config().tools)
    Run.on_end(function() Tool.world_idempotent{ text = "end" } end)
    return out`,
  javascript: `
    const out = []
    const note = (v) => out.push(v)
    note((await Tool.execute('world-unsafe', { text: 'a' })).result.said)
    note((await Tool.execute('world-idempotent', { text: 'b' })).result.said)
    note(await Run.can('read', 'x'))
    for (let i = 1; i <= 4; i++) note((await Tool.worldPure({ text: 'p' + i })).text)
    const agent = await Agent.create({ name: 'clerk', systemPrompt: 'Be short.', memory: true, tools: ['world-idempotent'] })
    note((await agent.execute('What is 17% of 3480?')).text)
    note((await agent.execute('Hello again')).text)
    let text = ''
    for await (const chunk of agent.stream('And now?')) text += chunk.text ?? ''
    note(text)
    let seen = 0
    const stock = await Tool.define({ name: 'stock', description: 'Items', parameters: { item: 'string' },
      execute: async (input) => { seen++
        return { item: input.item, said: (await Tool.worldUnsafe({ text: input.item })).result.said } } })
    note((await stock.execute({ item: 'lamp' })).result.said)
    note(seen)
    const both = await Promise.all([
      Tool.execute('world-idempotent', { text: 'x', ms: 5 }), Tool.execute('world-idempotent', { text: 'y', ms: 1 })])
    note(both.map((each) => each.result.said).join(''))
    note((await Promise.race([Async.sleep(20).then(() => 'slow'), Async.sleep(1).then(() => 'fast')])).length)
    note(await Tool.execute('no-such-tool', {}).catch((error) => error.code))
    note((await Run.checkpoint('half', { n: 1 })) > 0)
    note(await Run.withBudget({ maxSteps: 3 }, async () => (await Run.budget()).maxSteps))
    for await (const chunk of Tool.stream('world-idempotent', { text: 's' })) note(chunk.type)
    await Run.sleep('3ms')
    note(Run.random(1, 1000)); note(Math.floor(Math.random() * 1000) >= 0)
    note((await agent.config()).tools.length)
    await Run.onEnd(async () => { await Tool.worldIdempotent({ text: 'end' }) })
    return out`,
}

/** What it gave, also where it had ended before it was dropped. */
async function resumed(runId: string): Promise<unknown> {
  try {
    return (await house.runtime.resume(runId, { onUnknown: 'retry' })).value
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'RUN_ENDED') throw error
    return (await house.runtime.replay(runId)).result?.value
  }
}

async function finished(language: Language, runId: string): Promise<unknown> {
  const asked = request(SCRIPT, language, runId, { seed: 'one' })
  try {
    return (await house.runtime.run(asked)).value
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'RUN_WAITING') throw error
    return resumed(runId)
  }
}

describe.each(LANGUAGES)('a run in %s', (language) => {
  test('that is killed behind each of its records ends with the same value, and does nothing twice', async () => {
    world.at = () => {}
    world.effects.length = 0
    const whole = await house.runtime.run(
      request(SCRIPT, language, `${language}-whole`, { seed: 'one' }),
    )
    const records = await house.history(`${language}-whole`)
    const effects = [...world.effects].sort()
    expect(records.length).toBeGreaterThan(30)
    for (let n = 1; n < records.length; n++) {
      const runId = `${language}-${n}`
      world.effects.length = 0
      killBehind(world, house, runId, n)
      const value = await finished(language, runId)
      expect([n, records[n]?.path, value]).toEqual([n, records[n]?.path, whole.value])
      const unsafe = world.effects.filter((effect) => effect.startsWith('unsafe'))
      expect(unsafe).toEqual(effects.filter((effect) => effect.startsWith('unsafe')))
      const replayed = await house.runtime.replay(runId)
      expect([n, replayed.report.difference]).toEqual([n, undefined])
    }
  }, 300_000)
})
