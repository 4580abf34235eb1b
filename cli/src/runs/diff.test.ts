import { expect, test } from 'vitest'
import { painter } from '../print/style.ts'
import { diffOf, diffText } from './diff.ts'
import { BEGIN, call, records, row, STORY } from './testing/records.ts'

const plainly = painter(false, {})
const RUNS = [row({ runId: 'a' }), row({ runId: 'b' })] as const

test('a run is like itself, whenever it ran', () => {
  const one = records(...STORY)
  const later = one.map((record) => ({ ...record, at: record.at + 5000 }))
  expect(diffOf(one, later)).toMatchObject({ identical: true, alike: 4 })
  expect(diffText(diffOf(one, later), RUNS, plainly)).toContain('alike in all 4 calls')
})

test('how long something took, and in which run, is no difference', () => {
  const ran = (run_id: string, ms: number) => {
    const metadata = { run_id, seq: ms, duration_ms: ms, execution_time_ms: ms, tool: 'sum' }
    const value = { inline: { text: '4', metadata } }
    const settled = { settled: { ok: true, value } } as const
    const end = { kind: 'end', path: 'main', at: ms, outcome: { ok: true, value } } as const
    return records(BEGIN, call('main/a#0', 0, ms, settled), end)
  }
  expect(diffOf(ran('a', 3), ran('b', 9))).toMatchObject({ identical: true, alike: 1 })
})

test.each([
  ['arguments', { args: { inline: ['other'] } }],
  ['values', { settled: { ok: true, value: { inline: 'other' } } }],
  ['errors', { settled: { ok: false, error: { code: 'TIMEOUT', message: 'Late.' } } }],
  ['contents elsewhere', { args: { blob: 'c', bytes: 9 } }],
] as const)('different %s are found at the first call that has them', (_, more) => {
  const same = [BEGIN, call('main/a#0', 0, 1), call('main/b#1', 1, 2)]
  const diff = diffOf(
    records(...same, call('main/c#2', 2, 3)),
    records(...same, call('main/c#2', 2, 3, more)),
  )
  expect(diff).toMatchObject({ identical: false, alike: 2, first: { left: { seq: 2 } } })
  const text = diffText(diff, RUNS, plainly)
  expect(text).toContain('Alike in 2 calls; then:')
  expect(Math.max(...text.split('\n').map((line) => Array.from(line).length))).toBeLessThan(81)
})

test('long values are shown from where they differ', () => {
  const long = (end: string) =>
    call('main/a#0', 0, 1, { args: { inline: ['x'.repeat(5000) + end] } })
  const text = diffText(
    diffOf(records(BEGIN, long('left')), records(BEGIN, long('right'))),
    RUNS,
    plainly,
  )
  expect(text).toMatch(/…x+left.* │ …x+right/)
})

test('calls are compared in the order of asking, and one run may be shorter', () => {
  const [a, b] = [call('main/a#0', 0, 5), call('main/b#1', 1, 2)]
  expect(diffOf(records(BEGIN, a, b), records(BEGIN, b, a)).identical).toBe(true)
  const diff = diffOf(records(BEGIN, a, b), records(BEGIN, a))
  expect(diff).toMatchObject({ alike: 1, left: { calls: 2 }, right: { calls: 1 } })
  expect(diffText(diff, RUNS, plainly)).toContain('(no call)')
})

test('the same calls may end in another value', () => {
  const end = (value: number) =>
    ({ kind: 'end', path: 'main', at: 9, outcome: { ok: true, value: { inline: value } } }) as const
  const diff = diffOf(records(BEGIN, end(1)), records(BEGIN, end(2)))
  expect(diff).toMatchObject({ identical: false, alike: 0 })
  expect(diffText(diff, RUNS, plainly)).toContain('what the runs gave differs')
})
