import { expect, test } from 'vitest'
import { parse } from '../parse.ts'
import { RUN } from '../flags.ts'
import { meantBy } from '../run/script-question.ts'
import { spanText, usageText } from '../print/spent.ts'
import { decisionsOf } from './decide.ts'
import { findRun } from './find.ts'
import { durableOptions, newRunId } from './options.ts'
import { isDue } from './resume.ts'
import { row } from './testing/records.ts'
import { momentText, waitText } from './texts.ts'
import { openIntents } from './uncertain.ts'
import { records, STORY } from './testing/records.ts'

const IDS = ['20260301-090000-a1b2c3', '20260301-100000-d4e5f6', 'invoices-3']
const STORE = {
  get: (id: string) => Promise.resolve(IDS.includes(id) ? row({ runId: id }) : undefined),
  async *list() {
    for (const runId of IDS) yield row({ runId })
  },
}

test.each([
  ['invoices-3', 'invoices-3'],
  ['inv', 'invoices-3'],
  ['20260301-09', '20260301-090000-a1b2c3'],
  ['20260301-09…', '20260301-090000-a1b2c3'],
])('a run is found by %s', async (given, id) => {
  expect((await findRun(STORE, given)).runId).toBe(id)
})

test('a beginning of several names them; nothing is found by nothing', async () => {
  await expect(findRun(STORE, '2026')).rejects.toMatchObject({
    code: 'RUN_AMBIGUOUS',
    message: expect.stringContaining(IDS[1]!),
  })
  await expect(findRun(STORE, 'invoice-3')).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    hint: expect.stringContaining("'invoices-3'"),
  })
  await expect(findRun(STORE, '')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
})

test('ids of runs sort by time', () => {
  const ids = [1, 2].map((hour) => newRunId(new Date(Date.UTC(2026, 2, 1, hour))))
  expect(ids[0]).toMatch(/^20260301-010000-[0-9a-f]{6}$/)
  expect(ids.toSorted()).toEqual(ids)
})

const run = (...words: string[]) => parse(RUN, [...words, 'x.lua'])

test('the flags of a durable run', () => {
  expect(durableOptions(run())).toBeUndefined()
  expect(
    durableOptions(
      run('--durable', '--run-id=a', '--durability=os', '--on-unknown=skip', '--wait=0'),
    ),
  ).toEqual({ runId: 'a', durability: 'os', onUnknown: 'skip', waitMs: 0 })
  expect(durableOptions(run('--durable', '--wait=5m'))).toMatchObject({ waitMs: 300_000 })
})

test.each([
  ['--run-id=a'],
  ['--wait=5m'],
  ['--durable', '--run-id=a/b'],
  ['--durable', `--run-id=${'a'.repeat(129)}`],
  ['--durable', '--wait=soon'],
  ['--durable', '--isolation=worker'],
])('flags that make no sense: %s %s', (...words) => {
  expect(() => durableOptions(run(...words.filter(Boolean)))).toThrow(/Flags? '/)
})

const decide = (...words: string[]) => decisionsOf({ flags: { decide: words }, args: [], rest: [] })

test('decisions', () => {
  expect(decide('main/a#1=done:{"a":"x,y=z"}', 'main/b#2=failed:it broke', 'c#3=retry')).toEqual([
    { path: 'main/a#1', decision: { as: 'done', value: { a: 'x,y=z' } } },
    { path: 'main/b#2', decision: { as: 'failed', reason: 'it broke' } },
    { path: 'c#3', decision: { as: 'retry' } },
  ])
  for (const bad of ['', 'retry', 'a#1=', 'a#1=perhaps', 'a#1=retry:now', '=skip'])
    expect(() => decide(bad)).toThrow('--decide')
})

const QUESTION = { text: 'Send it?', choices: ['yes', 'no', 'not yet'], default: 'no' }

test.each([
  ['yes', 'yes'],
  ['1', 'yes'],
  ['Y', 'yes'],
  ['no', 'no'],
  ['not', 'not yet'],
  ['', 'no'],
  ['n', undefined],
  ['0', undefined],
  ['4', undefined],
  ['maybe', undefined],
])('the answer %j means %j', (typed, value) => {
  expect(meantBy(QUESTION, typed)?.value).toBe(value)
})

test('without choices any words are an answer, and nothing is none', () => {
  expect(meantBy({ text: 'Why?' }, ' so ')).toEqual({ value: 'so' })
  expect(meantBy({ text: 'Why?' }, '  ')).toBeUndefined()
})

test('a run is due when its process is gone or its time has come', () => {
  const sleeps = { path: 'p', for: 'sleep', until: 100 } as const
  const signal = { path: 'p', for: 'signal', name: 'x' } as const
  expect(isDue(row(), 0)).toBe(true)
  expect(isDue(row({ status: 'waiting', waiting: sleeps }), 100)).toBe(true)
  expect(isDue(row({ status: 'waiting', waiting: sleeps }), 99)).toBe(false)
  expect(isDue(row({ status: 'waiting', waiting: signal }), 99)).toBe(false)
  expect(isDue(row({ status: 'needs-attention' }), 99)).toBe(false)
  expect(isDue(row({ status: 'succeeded' }), 99)).toBe(false)
})

test('steps whose outcome nobody knows were begun, and nothing is decided about them', () => {
  const all = records(...STORY)
  expect(openIntents(all)).toEqual([])
  expect(openIntents(all.slice(0, 6))).toMatchObject([{ path: 'main/Tool.execute#3' }])
})

test('times, money and waits in words', () => {
  expect([0, 999, 1234, 61_000, 7_500_000, 100_000_000].map(spanText)).toEqual([
    '0 ms',
    '999 ms',
    '1.2 s',
    '1 m 01 s',
    '2 h 05 m',
    '1 d 3 h',
  ])
  expect(momentText(0)).toBe('1970-01-01 00:00:00')
  expect(usageText({})).toBe('')
  expect(usageText({ inputTokens: 1, outputTokens: 2, cost: 12.345 })).toBe('3 tokens, $12.35')
  expect(waitText({ path: 'main/a#1', for: 'decision' })).toBe("a decision about 'main/a#1'")
})
