import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from '../durable/house.ts'
import type { Pair } from '../durable/house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
})

/** Every change; `S` is the id of the run, so that each has scopes of its own. */
const SCRIPT: Pair = {
  lua: `local S = 'custom:' .. Run.id
    State.save(S, 'a', 1)
    State.update(S, 'n', function(old) return (old or 0) + 1 end)
    State.update(S, 'n', function(old) return old + 10 end)
    State.save(S, 'b', 2)
    local gone, again = State.delete(S, 'b'), State.delete(S, 'b')
    State.save(S .. '.old', 'x', 1)
    State.save(S .. '.old', 'y', 1)
    local cleared = State.clear(S .. '.old')
    local s = Session.create{ name = S, tags = { S } }
    State.save('session', 'k', 1)
    local aside = s:suspend()
    return { State.load(S, 'n'), gone, again, cleared, aside, s:get().status, s:complete(), #Session.list{ tags = { S } }, State.all(S) }`,
  javascript: `const S = 'custom:' + Run.id
    await State.save(S, 'a', 1)
    await State.update(S, 'n', (old) => (old ?? 0) + 1)
    await State.update(S, 'n', (old) => old + 10)
    await State.save(S, 'b', 2)
    const gone = await State.delete(S, 'b'), again = await State.delete(S, 'b')
    await State.save(S + '.old', 'x', 1)
    await State.save(S + '.old', 'y', 1)
    const cleared = await State.clear(S + '.old')
    const s = await Session.create({ name: S, tags: [S] })
    await State.save('session', 'k', 1)
    const aside = await s.suspend()
    return [await State.load(S, 'n'), gone, again, cleared, aside, (await s.get()).status, await s.complete(), (await Session.list({ tags: [S] })).length, await State.all(S)]`,
}
const WHOLE = [11, true, false, 2, true, 'suspended', true, 1, { a: 1, n: 11 }]

/** Drops the run between what a step did and its record. */
function killBefore(runId: string, n: number): void {
  let hit = false
  world.at = (point) => {
    if (hit || point.run_id !== runId || point.point !== 'before-record' || point.n < n) return
    hit = true
    void house.runtime.executor().then((executor) => executor.suspend(runId))
  }
}

describe.each(LANGUAGES)('a durable run in %s', (language) => {
  test('changes state once, wherever it is stopped', async () => {
    const id = `${language}-state`
    expect((await house.runtime.run(request(SCRIPT, language, id))).value).toEqual(WHOLE)
    const records = await house.history(id)
    expect((await house.runtime.replay(id)).result?.value).toEqual(WHOLE)
    for (let n = 1; n < records.length - 1; n++) {
      for (const kill of ['behind', 'before'] as const) {
        const own = `${id}-${n}-${kill}`
        if (kill === 'behind') killBehind(world, house, own, n)
        else killBefore(own, n)
        const first = await house.runtime.run(request(SCRIPT, language, own)).catch(() => undefined)
        const { value } = first ?? (await house.runtime.resume(own))
        expect([n, kill, value]).toEqual([n, kill, WHOLE])
      }
    }
  }, 120_000)
})
