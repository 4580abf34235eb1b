// What a script reads of its own life is part of what its journal answers.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world, undefined)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.effects.length = 0
})

const READS: Pair = {
  lua: `local function told() return Run.mode .. " " .. tostring(Run.resumed) end
    local first = told()
    if Run.resumed then Tool.world_unsafe{ text = "welcome back" } end
    Tool.world_unsafe{ text = told() }
    Run.wait_for("go")
    Tool.world_unsafe{ text = told() }
    return { first, told() }`,
  javascript: `const told = () => Run.mode + ' ' + Run.resumed
    const first = told()
    if (Run.resumed) await Tool.worldUnsafe({ text: 'welcome back' })
    await Tool.worldUnsafe({ text: told() })
    await Run.waitFor('go')
    await Tool.worldUnsafe({ text: told() })
    return [first, told()]`,
}
const MANY: Pair = {
  lua: `local n = 0
    for _ = 1, 3000 do if not Run.resumed then n = n + 1 end end
    return n`,
  javascript: `let n = 0
    for (let i = 0; i < 3000; i++) if (!Run.resumed) n++
    return n`,
}

describe.each(LANGUAGES)('in %s', (language) => {
  async function replayed(id: string, value: unknown): Promise<void> {
    const { length } = world.effects
    const { report, result } = await house.runtime.replay(id)
    expect([report.difference, report.identical]).toEqual([undefined, true])
    expect(result?.value).toEqual(value)
    expect(world.effects).toHaveLength(length)
  }

  test('a script is told the same of its life at the same place, in every life', async () => {
    const id = `${language}-reads`
    const waits = request(READS, language, id, { durable: { runId: id, waitMs: 0 } })
    await expect(house.runtime.run(waits)).rejects.toMatchObject({ code: 'RUN_WAITING' })
    const executor = await house.runtime.executor()
    await executor.signal(id, { name: 'go', signalId: '1', payload: null })
    const { value } = await house.runtime.resume(id)
    expect(value).toEqual(['live false', 'live true'])
    expect(world.effects).toEqual(['unsafe live false', 'unsafe live true'])
    await replayed(id, value)
  })

  test('who reads it in a loop fills no journal', async () => {
    const id = `${language}-many`
    expect((await house.runtime.run(request(MANY, language, id))).value).toBe(3000)
    expect((await house.history(id)).length).toBeLessThan(1_100)
    await replayed(id, 3000)
  })
})
