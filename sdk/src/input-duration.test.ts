import { expect, test } from 'vitest'
import { inputDuration } from './input-duration.ts'

const read = (value: number | string): number => inputDuration('It', 'timeout', value, [1, 60_000])

test('a number is ms, a text says its unit', () => {
  expect([read(250), read('250ms'), read('1m')]).toEqual([250, 250, 60_000])
})

test.each([0, '2m', '0s', 'soon', ''])('%j is refused', (value) => {
  expect(() => read(value)).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('a duration such as "30s", from 1 ms to 1 min'),
    }),
  )
})
