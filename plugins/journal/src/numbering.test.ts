import type { JournalRecord } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Numbering } from './numbering.ts'

const asked = (kind: 'call' | 'intent', seq: number) => ({ kind, seq }) as JournalRecord
const mark = { kind: 'mark' } as JournalRecord

test('what is recorded keeps its number in whatever order it is asked for', () => {
  const records = [asked('intent', 0), asked('call', 3), mark]
  const numbering = new Numbering(records)
  expect(numbering.take([asked('call', 3)])).toBe(3)
  expect(numbering.take([asked('intent', 0), asked('call', 0)])).toBe(0)
})

test('what was never recorded takes the numbers that are free, in order of asking', () => {
  const numbering = new Numbering([asked('call', 0), asked('call', 3)])
  expect([[], [mark], []].map((recorded) => numbering.take(recorded))).toEqual([1, 2, 4])
  expect(numbering.end).toBe(5)
})

test('the numbers of what a loop has forgotten are given to nothing else', () => {
  const numbering = new Numbering([asked('call', 7)])
  expect(numbering.take([])).toBe(0)
  numbering.from(6)
  numbering.from(2)
  expect([numbering.take([]), numbering.take([])]).toEqual([6, 8])
})
