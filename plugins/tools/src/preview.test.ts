import type { Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutText, preview } from './preview.ts'
import { weigh } from './weigh.ts'

describe('a preview', () => {
  test('keeps short texts, and gives the long ones the room that is left', () => {
    const value = { path: 'a.txt', content: 'x'.repeat(100_000), more: 'y'.repeat(2000) }
    const part = preview(value, 10_000) as typeof value
    expect(part).toMatchObject({ path: 'a.txt', more: value.more })
    expect(part.content.length).toBeGreaterThan(7500)
    expect(weigh(part)).toBeLessThanOrEqual(10_000)
  })

  test('shortens lists where there is no long text, and no name in them', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `a-file-of-many-${i}.txt`)
    const part = preview({ names }, 10_000) as { names: string[] }
    expect(part.names.length).toBeGreaterThan(400)
    expect(part.names).toEqual(names.slice(0, part.names.length))
  })

  test('cuts bytes', () => {
    expect(preview({ bytes: new Uint8Array(5000) }, 2000)).toMatchObject({
      bytes: expect.objectContaining({ byteLength: expect.any(Number) }),
    })
  })

  test('is given up where the rest is too much', () => {
    const keys = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key-${i}`, i]))
    expect(preview(keys, 10_000)).toBeUndefined()
  })

  test('of any value has its shape and fits, or is none', () => {
    const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
    fc.assert(
      fc.property(values, fc.integer({ min: 100, max: 5000 }), (value, room) => {
        const part = preview(value as Value, room)
        if (part === undefined) return
        expect(weigh(part)).toBeLessThanOrEqual(room)
        expect(shapeOf(part)).toBe(shapeOf(value))
      }),
    )
  })
})

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  return value !== null && typeof value === 'object' ? Object.keys(value).join() : typeof value
}

test('a text is cut between characters, at a whole piece of base64', () => {
  expect(cutText('abcdefghij', 7)).toBe('abcd')
  expect(cutText('abc😀def', 4)).toBe('abc')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, most) => {
      const part = cutText(text, most)
      expect(part.isWellFormed() && text.startsWith(part)).toBe(true)
      expect(part.length).toBeLessThanOrEqual(most)
    }),
  )
})
