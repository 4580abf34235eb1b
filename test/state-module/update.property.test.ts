import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { openStateful, ran } from './house.ts'
import type { Language } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

/** Adds each amount to a key, all at once; each function may wait in the middle. */
function adding(language: Language, scope: string, amounts: readonly number[], waits: boolean) {
  if (language === 'lua') {
    const wait = waits ? 'Async.sleep(1) ' : ''
    return `local fns = {}
      for i, n in ipairs{ ${amounts.join(', ')} } do
        fns[i] = function() State.update('${scope}', 'sum', function(old) ${wait}return (old or 0) + n end) end
      end
      Async.all(fns)`
  }
  const wait = waits ? 'await Async.sleep(1); ' : ''
  return `await Promise.all([${amounts.join(', ')}].map((n) =>
    State.update('${scope}', 'sum', async (old) => { ${wait}return (old ?? 0) + n })))`
}

const batch = fc.record({
  language: fc.constantFrom<Language>('lua', 'javascript'),
  amounts: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
  waits: fc.boolean(),
})

test('no update is lost, within one run and between runs', async () => {
  let count = 0
  const law = fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
    const scope = `law-${++count}`
    const came = await Promise.all(
      batches.map(({ language, amounts, waits }) =>
        ran(house, language, adding(language, scope, amounts, waits)),
      ),
    )
    expect(came.map(({ code }) => code)).toEqual(batches.map(() => undefined))
    const { value } = await ran(house, 'lua', `return State.load('${scope}', 'sum')`)
    const all = batches.flatMap(({ amounts }) => amounts)
    expect(value).toBe(all.reduce((a, b) => a + b, 0))
  })
  await fc.assert(law, { numRuns: 25 })
}, 120_000)
