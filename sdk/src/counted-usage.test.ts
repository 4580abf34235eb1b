import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countedUsage } from './counted-usage.ts'

const nothing = { input: 0, output: 0 }

test.each([
  ['negative counts', { inputTokens: -1e6, outputTokens: -1 }, [0, 0]],
  ['no numbers', { inputTokens: '7', outputTokens: null }, [0, 0]],
  ['no finite ones', { inputTokens: Infinity, outputTokens: NaN }, [0, 0]],
  ['huge ones', { inputTokens: 1e300, outputTokens: 2 }, [Number.MAX_SAFE_INTEGER, 2]],
])('%s', (_, told, [inputTokens, outputTokens]) => {
  expect(countedUsage(told, nothing)).toEqual({ inputTokens, outputTokens })
})

test('parts are no larger than what they are part of', () => {
  const told = { inputTokens: 5, outputTokens: 3, cachedTokens: 9, reasoningTokens: 9 }
  expect(countedUsage(told, nothing)).toEqual({
    inputTokens: 5,
    outputTokens: 3,
    cachedTokens: 5,
    reasoningTokens: 3,
  })
})

test('what was seen is counted where the server counts less', () => {
  const seen = { input: 9, output: 120_000 }
  expect(countedUsage({ inputTokens: 0, outputTokens: 0 }, seen)).toEqual({
    inputTokens: 3,
    outputTokens: 7500,
  })
  expect(countedUsage({ inputTokens: 1, outputTokens: 30_000 }, seen)).toEqual({
    inputTokens: 1,
    outputTokens: 30_000,
  })
})

test('counts are whole numbers from 0, whatever is told', () => {
  const count = fc.oneof(fc.double(), fc.integer(), fc.anything())
  const told = fc.record({
    inputTokens: count,
    outputTokens: count,
    cachedTokens: count,
    reasoningTokens: count,
  })
  const check = fc.property(told, fc.nat(), fc.nat(), (counts, input, output) => {
    const usage = countedUsage(counts, { input, output })
    expect(Object.values(usage).every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true)
    expect(usage.cachedTokens ?? 0).toBeLessThanOrEqual(usage.inputTokens)
    expect(usage.reasoningTokens ?? 0).toBeLessThanOrEqual(usage.outputTokens)
  })
  fc.assert(check)
})
