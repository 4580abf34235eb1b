import { expect, test } from 'vitest'
import { painter } from '../print/style.ts'
import { runPage, runTable } from './page.ts'
import { call, BEGIN, records, row, STORY } from './testing/records.ts'
import { timeline } from './timeline.ts'

const plainly = painter(false, {})
const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => Array.from(line).length))

test('a timeline has one line for each record, in order, within 80 columns', () => {
  const lines = timeline(row(), records(...STORY), plainly)
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(STORY.length)
  expect(lines.map((line) => Number.parseInt(line, 10))).toEqual(STORY.map((_, n) => n))
  expect(widest(lines.join('\n'))).toBeLessThanOrEqual(80)
  const texts = [
    'begins: invoices.lua',
    'Agent.execute  1.4 s, 165 tokens, $0.0012',
    'left: Tool.execute csv  400 ms',
    'right/up: Tool.execute',
    `mark 'half' = {"n":2}`,
    'Tool.execute is about to happen',
    'Tool.execute  100 ms',
    'sleeps for 5 m 00 s',
    'goes on',
    "signal 'approve' = yes, by terminal",
    'ends: {"sent":3}',
  ]
  expect(lines[3]).toContain('TIMEOUT')
  for (const [i, text] of texts.entries()) expect(lines[i]).toContain(text)
})

test('what ran side by side stands further right, and its bars overlap', () => {
  const lanes = records(
    BEGIN,
    call('main/Async.all#0~a/Tool.execute#0', 0, 1000, { ms: 1000 }),
    call('main/Async.all#0~b/Tool.execute#0', 1, 1000, { ms: 500 }),
    call('main/Tool.execute#1', 2, 2000, { ms: 1000 }),
  )
  const [, a, b, after] = timeline(row(), lanes, plainly).split('\n')
  expect(a).toContain('  a: Tool.execute')
  expect(b).toContain('  b: Tool.execute')
  expect(after).not.toContain(': Tool')
  const cells = (line = ''): string => /[·█▏]{14}/.exec(line)![0]
  expect(cells(a).startsWith('█')).toBe(true)
  expect(cells(b).startsWith('█')).toBe(false)
  expect(cells(after).endsWith('█')).toBe(true)
  expect(Array.from(cells(a)).some((cell, i) => cell === '█' && cells(b)[i] === '█')).toBe(true)
})

test('the last line says what a run waits for', () => {
  const waiting = {
    path: 'main/Run.ask#5',
    for: 'signal',
    name: 'ask',
    question: { text: 'Send?' },
  } as const
  const text = timeline(row({ status: 'waiting', waiting }), records(BEGIN), plainly)
  expect(text.trimEnd().split('\n').at(-1)).toBe("waits for an answer to 'Send?'")
})

test('--full shows what calls were asked and gave', () => {
  const text = timeline(row(), records(...STORY), plainly, { full: true })
  expect(text).toContain('asked: [\n')
  expect(text).toContain('gave: value 0')
})

test('what others wrote cannot act on the terminal', () => {
  const evil = '\u001B]0;owned\u0007\u001B[2J\nfirst\rsecond'
  const bad = records(BEGIN, call('main/x#0', 0, 1, { name: evil }), {
    kind: 'mark',
    path: 'main/Run.checkpoint#1',
    at: 2,
    label: evil,
  })
  const text =
    timeline(row(), bad, plainly, { full: true }) + runTable([row({ runId: evil })], plainly)
  expect(/(?!\n)\p{Cc}/u.test(text)).toBe(false)
})

test('the page names the facts and the command that goes on', () => {
  const page = runPage(row({ labels: { team: 'a' } }), records(...STORY), plainly)
  expect(page).toContain('Status     interrupted')
  expect(page).toContain('165 tokens, $0.0012')
  expect(page).toContain('llmspell run resume 20260301-090000-a1b2c3')
  const done = runPage(row({ status: 'succeeded', endedAt: row().createdAt + 61_000 }), [], plainly)
  expect(done).toContain('after 1 m 01 s')
  expect(done).not.toContain('Go on')
})

test('the list is within 80 columns, and says what runs wait for', () => {
  const waiting = { path: 'p', for: 'sleep', until: Date.UTC(2026, 3, 1) } as const
  const text = runTable([row(), row({ status: 'waiting', waiting })], plainly)
  expect(widest(text)).toBeLessThanOrEqual(80)
  expect(text).toContain('interrupted')
  expect(text.replaceAll(/\s+/g, ' ')).toContain('until 2026-04-01 00:00:00 UTC')
  expect(runTable([], plainly)).toBe('No durable run is stored.\n')
})
