import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProgressLine, type Screen } from './progress.ts'

const SCREEN: Screen = { visible: true, shared: true, columns: 40 }
const AGENT = { who: "agent 'poet'", state: 'started' } as const

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function watch(screen: Screen, quiet = false): { line: ProgressLine; seen: string[] } {
  const seen: string[] = []
  const keep = (text: string): void => void seen.push(text)
  return { line: new ProgressLine({ quiet, screen: () => screen, out: keep, err: keep }), seen }
}

test('says who is at work, for how long, and what they say', () => {
  const { line, seen } = watch(SCREEN)
  line.report(AGENT)
  line.report({ who: "model 'mock/demo'", state: 'active', text: 'waiting 400 ms after 429' })
  vi.advanceTimersByTime(300)
  expect(seen.at(-1)).toContain("agent 'poet'  0.3 s  waiting")
  expect(seen.at(-1)!.length).toBeLessThanOrEqual(40 + '\r\u001B[2K'.length)
})

test('forgets what a model waited for', () => {
  const { line, seen } = watch(SCREEN)
  line.report(AGENT)
  line.report({ who: "model 'mock/demo'", state: 'active', text: 'waiting' })
  vi.advanceTimersByTime(3000)
  expect(seen.at(-1)).not.toContain('waiting')
})

test('is gone before output and after the work', () => {
  const { line, seen } = watch(SCREEN)
  line.report(AGENT)
  vi.advanceTimersByTime(200)
  line.print('text\n')
  expect(seen.slice(-2)).toEqual(['\r\u001B[2K', 'text\n'])
  line.report({ ...AGENT, state: 'done' })
  const count = seen.length
  vi.advanceTimersByTime(1000)
  expect(seen.length).toBe(count)
})

test('never lands inside a line that is being printed', () => {
  const { line, seen } = watch(SCREEN)
  line.report(AGENT)
  line.print('half a line')
  vi.advanceTimersByTime(1000)
  expect(seen).toEqual(['half a line'])
})

test('is never in a pipe, and not drawn when quiet', () => {
  for (const { line, seen } of [watch({ ...SCREEN, visible: false }), watch(SCREEN, true)]) {
    line.report(AGENT)
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual([])
  }
})

test('text of a model cannot act on the terminal', () => {
  const { line, seen } = watch({ ...SCREEN, columns: 200 })
  line.report({ ...AGENT, text: 'a\u001B]0;owned\u0007b\nc' })
  vi.advanceTimersByTime(200)
  expect(seen.at(-1)).toMatch(/ab c$/)
})
