import { afterAll, describe, expect, test } from 'vitest'
import type { Decision, Json, JournalRecord } from '@llmspell/sdk'
import { durableHouse, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world, undefined)
afterAll(() => house.kernel.stop())

const BESIDE: Pair = {
  lua: `local said = Async.all({
      left = function() return Tool.world_unsafe{ text = "left" }.result.said end,
      right = function() return Tool.world_unsafe{ text = "right" }.result.said end })
    return said.left .. " " .. said.right`,
  javascript: `const both = await Promise.all(['left', 'right'].map((text) => Tool.worldUnsafe({ text })))
    return both.map(({ result }) => result.said).join(' ')`,
}
const RETRY: Decision = { as: 'retry' }

/** That a step was done by hand, with a value like the one it gave in another run. */
function doneLike(records: readonly JournalRecord[], path: string): Decision {
  const call = records.find((record) => record.kind === 'call' && record.path === path)
  if (call?.kind !== 'call' || !call.settled.ok || !('inline' in call.settled.value))
    throw new Error(`nothing is recorded of '${path}'`)
  const text = JSON.stringify(call.settled.value.inline).replaceAll('left', 'by hand')
  return { as: 'done', value: JSON.parse(text) as Json }
}

describe.each(LANGUAGES)('in %s, of two unsafe steps beside one another', (language) => {
  /** A run whose process was gone when both of its steps were begun. @returns their paths, and that the first was done by hand */
  async function inDoubt(id: string) {
    await house.runtime.run(request(BESIDE, language, `${id}-whole`))
    const records = await house.history(`${id}-whole`)
    const seed = records.filter(({ kind }) => kind === 'begin' || kind === 'intent')
    const begin = seed[0] as Extract<JournalRecord, { kind: 'begin' }>
    if (!('inline' in begin.input)) throw new Error('the input is too large')
    const executor = await house.runtime.executor()
    const { definition, tenant } = begin
    await executor.submit({ runId: id, definition, tenant, input: begin.input.inline, seed })
    await executor.result(id)
    world.effects.length = 0
    const [, left = '', right = ''] = seed.map(({ path }) => path)
    return { left, right, done: doneLike(records, left) }
  }

  const decide = (...given: readonly (readonly [string, Decision])[]) => ({
    decide: given.map(([path, decision]) => ({ path, decision })),
  })

  test.each([
    ['done', 'by hand right', ['unsafe right']],
    ['retry', 'left right', ['unsafe left', 'unsafe right']],
  ])('what was decided of the first as %s may be said again', async (as, value, effects) => {
    const id = `${language}-${as}`
    const { left, right, done } = await inDoubt(id)
    const first = as === 'done' ? done : RETRY
    const one = house.runtime.resume(id, decide([left, first]))
    await expect(one).rejects.toMatchObject({ code: 'RESUME_UNCERTAIN', details: { path: right } })
    const both = await house.runtime.resume(id, decide([left, first], [right, RETRY]))
    expect(both.value).toBe(value)
    expect(world.effects.toSorted()).toEqual(effects)
  })

  test.each(['done', 'retry'])('what was decided of the first as %s is not changed', async (as) => {
    const id = `${language}-${as}-changed`
    const { left, right, done } = await inDoubt(id)
    const [first, other] = as === 'done' ? [done, RETRY] : [RETRY, done]
    await house.runtime.resume(id, decide([left, first])).catch(() => {})
    const changed = house.runtime.resume(id, decide([left, other], [right, RETRY]))
    await expect(changed).rejects.toMatchObject({ code: 'INPUT_INVALID', details: { path: left } })
    expect(world.effects).toEqual([])
  })
})
