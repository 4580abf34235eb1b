import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world, undefined)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.effects.length = 0
})

const WAITS: Pair = {
  lua: `Tool.world_unsafe{ text = "once" }
    local given = Run.wait_for("go")
    return { given = given, env = Run.can("env", "HOME") }`,
  javascript: `await Tool.worldUnsafe({ text: 'once' })
    const given = await Run.waitFor('go')
    return { given, env: await Run.can('env', 'HOME') }`,
}
const resumes = (id: string): Pair => ({
  lua: `return Workflow.resume('${id}')`,
  javascript: `return await Workflow.resume('${id}')`,
})

describe.each(LANGUAGES)('in %s', (language) => {
  const allow = { env: ['HOME'] }

  async function left(id: string): Promise<void> {
    const waiting = request(WAITS, language, id, { allow, durable: { runId: id, waitMs: 0 } })
    await expect(house.runtime.run(waiting)).rejects.toMatchObject({ code: 'RUN_WAITING' })
    const executor = await house.runtime.executor()
    await executor.signal(id, { name: 'go', signalId: '1', payload: 7 })
  }

  test.each([
    ['all that it had', allow, true],
    ['no more rights than the one that asks', {}, false],
  ])('a run goes on with another one, which has %s', async (_name, mine, env) => {
    const id = `${language}-other-${env}`
    await left(id)
    const asking = request(resumes(id), language, `${id}-asks`, { allow: mine })
    expect((await house.runtime.run(asking)).value).toEqual({ given: 7, env })
    expect(world.effects).toEqual(['unsafe once'])
    const replayed = await house.runtime.replay(`${id}-asks`)
    expect(replayed.report.difference).toBeUndefined()
    expect(world.effects).toEqual(['unsafe once'])
  })

  test('a run that is not durable does so too, and what has ended well gives its value again', async () => {
    const id = `${language}-plain`
    await left(id)
    const { durable: _durable, ...plain } = request(resumes(id), language, id, { allow })
    expect((await house.runtime.run(plain)).value).toMatchObject({ given: 7 })
    expect((await house.runtime.run(plain)).value).toMatchObject({ given: 7 })
  })

  test('neither itself, nor one that is unknown', async () => {
    const id = `${language}-self`
    const self = house.runtime.run(request(resumes(id), language, id))
    await expect(self).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const none = house.runtime.run(request(resumes('none'), language, `${id}-2`))
    await expect(none).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
  })
})
