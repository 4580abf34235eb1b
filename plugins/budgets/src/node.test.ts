import { describe, expect, test } from 'vitest'
import { Node } from './node.ts'
import type { Rules } from './node.ts'

const rules: Rules = { unknownPrice: 'deny' }
const usage = (tokens: number, cost = 0) => ({ inputTokens: tokens, outputTokens: 0, cost })
const root = (limits = {}, more: Partial<Rules> = {}) =>
  new Node('the run', limits, { ...rules, ...more })

describe('a reservation', () => {
  test('counts in every node above, and what was really spent takes its place', () => {
    const run = root({ tokens: 100 })
    const poet = run.child("agent 'poet'", { tokens: 60 })
    const held = poet.reserve({ tokens: 50, cost: 0.1 })
    expect(poet.remaining()).toEqual({ tokens: 10 })
    expect(run.remaining()).toEqual({ tokens: 50 })
    held.settle(usage(20, 0.02))
    held.settle(usage(20, 0.02))
    expect(run.used).toMatchObject({ tokens: 20, cost: 0.02, modelCalls: 1, toolCalls: 0 })
    expect(run.remaining()).toEqual({ tokens: 80 })
  })

  test('is made in all nodes or in none', () => {
    const run = root({ cost: 0.05 })
    const poet = run.child("agent 'poet'", { cost: 1 })
    expect(() => poet.reserve({ tokens: 1, cost: 0.06 })).toThrow(
      expect.objectContaining({
        code: 'BUDGET_EXCEEDED',
        message:
          'The run has too little left: expected max_cost of at most 0.05 US dollars, the next call would need 0.01 US dollars more than the 0.05 US dollars left.',
        hint: 'Raise --max-cost, or ask for less at once.',
        details: { limit: 'max_cost', used: 0, max: 0.05, who: 'the run', needed: 0.06 },
      }),
    )
    expect(poet.remaining()).toEqual({ cost: 0.05 })
  })

  test('that is released leaves nothing behind', () => {
    const run = root({ cost: 0.3 })
    for (let i = 0; i < 1000; i++) {
      const [a, b] = [run.reserve({ tokens: 1, cost: 0.1 }), run.reserve({ tokens: 1, cost: 0.2 })]
      a.release()
      b.release()
      b.settle(usage(5, 5))
    }
    expect(run.remaining()).toEqual({ cost: 0.3 })
    expect(run.used).toMatchObject({ tokens: 0, cost: 0, modelCalls: 0 })
  })

  test('counts calls that are under way', () => {
    const run = root({ modelCalls: 1 })
    const held = run.reserve({ tokens: 1, cost: 0 })
    expect(() => run.reserve({ tokens: 1, cost: 0 })).toThrow('max_steps of at most 1')
    held.release()
    run.reserve({ tokens: 1, cost: 0 })
  })

  test.each([
    ['no number', Number.NaN],
    ['a negative one', -1e9],
    ['without end', Infinity],
  ])('takes usage that is %s as it was foreseen', (_what, figure) => {
    const run = root({ tokens: 100, cost: 1 })
    run.reserve({ tokens: 10, cost: 0.1 }).settle(usage(figure, figure))
    expect(run.used).toMatchObject({ tokens: 10, cost: 0.1 })
  })
})

test('an answer longer than foreseen is an overrun, here and below', () => {
  const run = root({ cost: 0.000_001 })
  const poet = run.child("agent 'poet'", {})
  const held = poet.reserve({ tokens: 1, cost: 0.000_001 })
  expect(poet.overrun()).toBeUndefined()
  held.settle(usage(1, 0.000_003_2))
  expect(poet.overrun()).toMatchObject({
    message:
      'The run has used up its budget: expected max_cost of at most 0.000001 US dollars, found 0.0000032 US dollars.',
    details: { used: 0.000_003_2, needed: 0 },
  })
})

describe('a price that is not known', () => {
  test('matters only where money is limited', () => {
    root({ tokens: 10 }).reserve({ tokens: 5 })
    expect(() => root({ cost: 1 }).reserve({ tokens: 5 }, "Model 'a/b'")).toThrow(
      expect.objectContaining({
        code: 'PRICE_UNKNOWN',
        details: { who: 'the run', limit: 'max_cost' },
      }),
    )
  })

  test('is nothing, or the one of the configuration', () => {
    const free = root({ cost: 1 }, { unknownPrice: 'allow' })
    free.reserve({ tokens: 5 }).settle(usage(5))
    expect(free.used.cost).toBe(0)
    const dear = root({ cost: 1 }, { unknownPrice: 100_000 })
    dear.reserve({ tokens: 5 }).settle(usage(5))
    expect(dear.used.cost).toBeCloseTo(0.5)
    expect(() => dear.reserve({ tokens: 6 })).toThrow('max_cost')
  })
})

describe('limits', () => {
  test('are lowered and never raised', () => {
    const run = root({ tokens: 100 })
    run.lower({ tokens: 200, cost: 1 })
    run.lower({ tokens: 50 })
    expect(run.limits).toEqual({ tokens: 50, cost: 1 })
  })

  test('of levels count agents and no parts', () => {
    const run = root({ depth: 2 })
    const below = run.child('a', {}).part({}).child('b', { depth: 1 })
    expect(() => below.child('c', {})).toThrow(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }))
    const free = root().child('a', { depth: 1 }).child('b', {})
    expect(() => free.child('c', {})).toThrow('A has used up')
  })

  test('of tools', () => {
    const run = root({ toolCalls: 1 })
    run.child('a', {}).tool()
    expect(() => run.tool()).toThrow(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }))
  })

  test('of time abort what is under way, and say no to more', async () => {
    const part = root().part({ timeMs: 10 })
    const { signal } = part.child('a', {})
    await new Promise((resolve) => signal!.addEventListener('abort', resolve))
    expect(signal!.reason).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { limit: 'max_time' },
    })
    expect(() => part.reserve({ tokens: 1 })).toThrow('max_time')
  })

  test('that are nearly used up are told once each', () => {
    const warnings: unknown[] = []
    const run = root({ tokens: 100 }, { onWarning: (warning) => void warnings.push(warning) })
    for (let i = 0; i < 19; i++) run.reserve({ tokens: 5, cost: 0 }).settle(usage(5))
    expect(warnings).toEqual([{ who: 'the run', limit: 'tokens', max: 100, used: 80 }])
  })
})

test('where parts overlap each node counts once', () => {
  const run = root({ tokens: 100 })
  const [a, b] = [run.part({ tokens: 50 }), run.part({ tokens: 40 })]
  const both = new Node('the script', {}, rules, [a, b])
  both.reserve({ tokens: 30, cost: 0 }).settle(usage(30))
  expect([a, b, run].map(({ used }) => used.tokens)).toEqual([30, 30, 30])
  expect(both.remaining()).toEqual({ tokens: 10 })
})
