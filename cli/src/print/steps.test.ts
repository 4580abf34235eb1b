import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProgressLine, type Screen } from './progress.ts'

const SCREEN: Screen = { visible: true, shared: true, columns: 80 }
const WHO = "workflow 'report'"

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function watch(screen: Screen = SCREEN) {
  const seen: string[] = []
  const keep = (text: string): void => void seen.push(text)
  return { line: new ProgressLine({ screen: () => screen, out: keep, err: keep }), seen }
}

const started = (step: string, lane?: string) =>
  ({ who: WHO, state: 'started', step, ...(lane ? { lane } : {}) }) as const
const done = (step: string, more: object = {}) =>
  ({ who: WHO, state: 'done', step, ...more }) as const

test('the steps of a workflow stand below it: ended, running, in lanes; with tokens, cost and how to stop', () => {
  const { line, seen } = watch()
  line.report({ who: WHO, state: 'started' })
  line.report(started('fetch'))
  vi.advanceTimersByTime(1000)
  const usage = { inputTokens: 100, outputTokens: 20, cost: 0.002 }
  line.report(done('fetch', { done: 1, total: 3, usage }))
  line.report(started('write', 'left'))
  line.report(started('draw', 'right'))
  vi.advanceTimersByTime(2000)
  const [head, ...steps] = seen.at(-1)!.split('\n')
  expect(head).toContain(`${WHO}  3.0 s  1/3  120 tokens, $0.002  Ctrl-C stops`)
  expect(steps[0]).toBe('  ✓ fetch  1.0 s  120 tokens, $0.002')
  expect(steps[1]).toMatch(/^ {2}. left: write {2}2\.0 s$/)
  expect(steps[2]).toMatch(/^ {2}. right: draw {2}2\.0 s$/)
})

test('it is taken away line by line, and gone with the workflow', () => {
  const { line, seen } = watch()
  line.report({ who: WHO, state: 'started' })
  line.report(started('a'))
  line.report(started('b'))
  vi.advanceTimersByTime(200)
  line.print('text\n')
  expect(seen.slice(-2)).toEqual(['\r\u001B[2A\u001B[J', 'text\n'])
  line.report({ who: WHO, state: 'done' })
  const count = seen.length
  vi.advanceTimersByTime(1000)
  expect(seen.length).toBe(count)
})

test('a loop of many steps shows the last few, and many lanes are counted', () => {
  const { line, seen } = watch()
  line.report({ who: WHO, state: 'started' })
  for (let i = 0; i < 500; i++) line.report(done(`round ${i}`))
  for (let i = 0; i < 50; i++) line.report(started(`lane ${i}`))
  vi.advanceTimersByTime(200)
  const lines = seen.at(-1)!.split('\n')
  expect(lines.length).toBeLessThan(16)
  expect(lines[1]).toContain('round 496')
  expect(lines.at(-1)).toContain('and 42 more')
})

test('without a terminal each step has a line when it ends', () => {
  const { line, seen } = watch({ ...SCREEN, visible: false })
  line.report({ who: WHO, state: 'started' })
  line.report(started('fetch'))
  vi.advanceTimersByTime(1500)
  line.report(done('fetch', { done: 1, total: 2, usage: { inputTokens: 7 } }))
  line.report(started('write'))
  line.report({ ...done('write', { text: 'TIMEOUT' }), state: 'failed', done: 2, total: 2 })
  line.report({ who: WHO, state: 'failed' })
  expect(seen).toEqual(['1/2 ✓ fetch  1.5 s  7 tokens\n', '2/2 ✗ write  0 ms  TIMEOUT\n'])
})

test('names of steps cannot act on the terminal', () => {
  const { line, seen } = watch({ ...SCREEN, visible: false })
  line.report(done('a\u001B]0;owned\u0007b\nc'))
  expect(seen).toEqual(['✓ ab c  0 ms\n'])
})
