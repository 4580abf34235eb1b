import type { JournalRecord } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { faults, type Trace } from './checker.ts'

const base = { v: 1, at: 0, prev: '' } as const
const call = (n: number, path: string): JournalRecord => ({
  ...base,
  n,
  path,
  kind: 'call',
  seq: n,
  name: 'Crash.send',
  args: { inline: [] },
  effect: 'unsafe',
  settled: { ok: true, value: { inline: null } },
  attempts: 1,
  ms: 0,
})
const edge = (n: number, kind: 'begin' | 'end'): JournalRecord =>
  ({ ...base, n, path: 'main', kind }) as JournalRecord

const PLAIN: Trace = {
  value: { sum: 3 },
  records: [edge(0, 'begin'), call(1, 'main/a#0'), call(2, 'main/b#1'), edge(3, 'end')],
  deeds: [
    { name: 'mail', repeated: false },
    { name: 'row', key: 'k', repeated: false },
  ],
  lines: ['one', 'two'],
  printed: ['a', 'b'],
  stops: [],
}

const intent = { ...base, n: 1, path: 'main/a#0', kind: 'intent', seq: 1 } as JournalRecord

const HARMLESS: readonly (readonly [string, Partial<Trace>])[] = [
  ['nothing', {}],
  ['a line printed by two lives', { printed: ['a', 'a', 'b'] }],
  [
    'a thing asked for twice by one key',
    { deeds: [...PLAIN.deeds, { name: 'row', key: 'k', repeated: true }] },
  ],
  [
    'a stop behind an intent',
    {
      stops: [{ path: 'main/a#0', happened: true }],
      records: [edge(0, 'begin'), intent, call(2, 'main/a#0'), call(3, 'main/b#1'), edge(4, 'end')],
    },
  ],
]

test.each(HARMLESS)('%s is no fault', (_name, change) => {
  expect(faults(PLAIN, { ...PLAIN, ...change })).toEqual([])
})

const HARMS: readonly (readonly [string, Partial<Trace>, string])[] = [
  ['another value', { value: { sum: 4 } }, 'the value differs'],
  ['a deed twice', { deeds: [PLAIN.deeds[0]!, ...PLAIN.deeds] }, "'mail' was done more than once"],
  ['a deed missing', { deeds: PLAIN.deeds.slice(1) }, 'what was done differs'],
  [
    'a new key',
    { deeds: [...PLAIN.deeds, { name: 'row', key: 'l', repeated: false }] },
    "'row' had two keys",
  ],
  ['a line twice', { lines: ['one', 'one', 'two'] }, 'the file differs'],
  ['a print lost', { printed: ['a'] }, 'what was printed differs'],
  ['prints in another order', { printed: ['b', 'a'] }, 'what was printed differs'],
  ['a record lost', { records: PLAIN.records.filter(({ n }) => n !== 1) }, 'record 1 has'],
  ['no end', { records: PLAIN.records.slice(0, -1) }, 'the journal has no end'],
  [
    'a step settled twice',
    {
      records: [
        edge(0, 'begin'),
        call(1, 'main/a#0'),
        call(2, 'main/a#0'),
        call(3, 'main/b#1'),
        edge(4, 'end'),
      ],
    },
    "'main/a#0' settled twice",
  ],
  [
    'a step lost',
    { records: [edge(0, 'begin'), call(1, 'main/a#0'), edge(2, 'end')] },
    'the steps',
  ],
  ['a stop without an intent', { stops: [{ path: 'main/b#1', happened: false }] }, 'no intent'],
]

test.each(HARMS)('%s is told', (_name, change, fault) => {
  expect(faults(PLAIN, { ...PLAIN, ...change }).join('\n')).toContain(fault)
})
