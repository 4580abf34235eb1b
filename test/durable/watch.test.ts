// A watch of the store tells every life of a run the same changes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { inHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { DurableHouse, Pair } from './house.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-watch-'))
const world = new World()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What was told stands in a table that the script waits for, so no time decides. */
const WATCHES: Pair = {
  lua: `local shelf, seen = State.scope('SHELF'), {}
    local watch = shelf:watch("l*", function(c) seen[#seen + 1] = c.op .. " " .. c.key .. " " .. tostring(c.value) end)
    shelf:set("lamp", 1)
    shelf:set("mug", 2)
    while #seen < 1 do Run.sleep(1) end
    shelf:delete("lamp")
    while #seen < 2 do Run.sleep(1) end
    local closed = watch:close()
    shelf:set("lamp", 3)
    return { seen, closed, watch:close() }`,
  javascript: `const shelf = await State.scope('SHELF'), seen = []
    const watch = await shelf.watch('l*', (c) => seen.push(c.op + ' ' + c.key + ' ' + (c.value ?? 'nil')) && null)
    await shelf.set('lamp', 1)
    await shelf.set('mug', 2)
    while (seen.length < 1) await Run.sleep(1)
    await shelf.delete('lamp')
    while (seen.length < 2) await Run.sleep(1)
    const closed = await watch.close()
    await shelf.set('lamp', 3)
    return [seen, closed, await watch.close()]`,
}
const WHOLE = [['set lamp 1', 'delete lamp nil'], true, false]
const WAITS: Pair = {
  lua: `local shelf, seen = State.scope('SHELF'), {}
    shelf:watch("*", function(c) seen[#seen + 1] = c.key .. " " .. tostring(c.value) end)
    Run.wait_for("go")
    while #seen < 1 do Run.sleep(1) end
    return seen`,
  javascript: `const shelf = await State.scope('SHELF'), seen = []
    await shelf.watch('*', (c) => seen.push(c.key + ' ' + c.value) && null)
    await Run.waitFor('go')
    while (seen.length < 1) await Run.sleep(1)
    return seen`,
}
const SETS: Pair = {
  lua: `State.save('SHELF', "note", "left")`,
  javascript: `await State.save('SHELF', 'note', 'left')`,
}

describe.each(LANGUAGES)('in %s', (language) => {
  const asked = (pair: Pair, id: string, more = {}) =>
    request(shelved(pair, id), language, id, more)

  test('a replay is told what the run was told, and writes nothing', () =>
    inHouse(world, folder, async (house) => {
      const id = `${language}-watches`
      const { value } = await house.runtime.run(asked(WATCHES, id))
      expect(value).toEqual(WHOLE)
      await replayed(house, id, value)
    }))

  test('a run that is ended behind any of its records is told each change once', () =>
    inHouse(world, folder, async (house) => {
      const last = (await house.history(`${language}-watches`)).length
      for (let n = 2; n < last; n += 4) {
        const id = `${language}-killed-${n}`
        killBehind(world, house, id, n)
        const dropped = house.runtime.run(asked(WATCHES, id))
        const { value } = await dropped.catch(() => house.runtime.resume(id))
        expect([n, value]).toEqual([n, WHOLE])
        await replayed(house, id, value)
      }
    }))

  test('what others write while the run waits on disk is told when it goes on', async () => {
    const id = `${language}-waits`
    await inHouse(world, folder, async ({ runtime }) => {
      const waits = asked(WAITS, id, { durable: { runId: id, waitMs: 0 } })
      await expect(runtime.run(waits)).rejects.toMatchObject({ code: 'RUN_WAITING' })
      await runtime.run(asked(SETS, id, { durable: { runId: `${id}-other` } }))
    })
    await inHouse(world, folder, async (house) => {
      const executor = await house.runtime.executor()
      await executor.signal(id, { name: 'go', signalId: '1', payload: null })
      const { value } = await house.runtime.resume(id)
      expect(value).toEqual(['note left'])
      await replayed(house, id, value)
    })
  })
})

/** Each run has a scope of its own. */
const shelved = ({ lua, javascript }: Pair, id: string): Pair => ({
  lua: lua.replaceAll('SHELF', id),
  javascript: javascript.replaceAll('SHELF', id),
})

async function replayed({ runtime }: DurableHouse, id: string, value: unknown): Promise<void> {
  const { report, result } = await runtime.replay(id)
  expect([report.difference, report.identical]).toEqual([undefined, true])
  expect(result?.value).toEqual(value)
}
