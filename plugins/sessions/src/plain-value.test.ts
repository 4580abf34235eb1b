import { REF } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { plainly, valueIn } from './plain-value.ts'

test('what a journal has in tagged tables comes back', () => {
  const json = {
    a: { [REF]: 'minus-zero' },
    b: [{ [REF]: 'nothing' }, { [REF]: 'bytes', base64: 'AP8=' }],
    c: null,
  }
  const value = valueIn(json) as { a: number; b: unknown[]; c: null }
  expect(Object.is(value.a, -0)).toBe(true)
  expect(value.b).toEqual([null, new Uint8Array([0, 255])])
  expect(value.c).toBeNull()
})

test('a handle of another run is none', () => {
  const handle = { [REF]: 'agent', id: 'poet', deep: [{ [REF]: 'stream', id: 's' }] }
  expect(plainly(handle)).toEqual({ id: 'poet', deep: [{ id: 's' }] })
  expect(valueIn(handle)).toEqual({ id: 'poet', deep: [{ id: 's' }] })
})
