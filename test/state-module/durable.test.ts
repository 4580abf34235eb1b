import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { StateOp } from '@llmspell/sdk'
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

/** Makes the n-th change of the script twice, as a step does that is tried again. How many there were. */
async function repeated(n: number, body: () => Promise<void>, id: string): Promise<number> {
  const store = await (await house.kernel.use('state')).backend()
  const { commit } = store
  let changes = 0
  store.commit = async (ops, options) => {
    const first = await commit.call(store, ops, options)
    return isOurs(ops[0], id) && ++changes === n ? commit.call(store, ops, options) : first
  }
  try {
    await body()
  } finally {
    store.commit = commit
  }
  return changes
}

/** A change of the script, not of the journal. */
function isOurs(op: StateOp | undefined, id: string): boolean {
  if (op?.scope.kind === 'plugin') return op.scope.id === 'sessions'
  return op?.scope.kind === 'session' || (op?.scope.kind === 'custom' && op.scope.id.startsWith(id))
}

describe.each(LANGUAGES)('a durable run in %s', (language) => {
  test('changes state once, wherever it is stopped', async () => {
    const id = `${language}-state`
    expect((await house.runtime.run(request(SCRIPT, language, id))).value).toEqual(WHOLE)
    const records = await house.history(id)
    expect((await house.runtime.replay(id)).result?.value).toEqual(WHOLE)
    for (let n = 1; n < records.length - 1; n++) {
      const own = `${id}-${n}`
      killBehind(world, house, own, n)
      const first = await house.runtime.run(request(SCRIPT, language, own)).catch(() => undefined)
      const { value } = first ?? (await house.runtime.resume(own))
      expect([n, value]).toEqual([n, WHOLE])
    }
  }, 120_000)

  test('changes state once, whichever change is tried twice', async () => {
    const body = (id: string) => async (): Promise<void> => {
      const { value } = await house.runtime.run(request(SCRIPT, language, id))
      expect([id, value]).toEqual([id, WHOLE])
    }
    const whole = `${language}-whole`
    const all = await repeated(0, body(whole), whole)
    expect(all).toBeGreaterThan(8)
    for (let n = 1; n <= all; n++) {
      const id = `${language}-twice-${n}`
      await repeated(n, body(id), id)
    }
  }, 120_000)
})
