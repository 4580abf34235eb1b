import { expect, test } from 'vitest'
import { Timers } from './clock.ts'
import type { Seen } from './clock.ts'

const DAY = 24 * 3600 * 1000
const START = 1_000 * DAY

/** Clocks that are set by hand. */
function clocks(wallMs: number) {
  const at = { wallMs, monoMs: 0 }
  const clock = {
    now: () => at.wallMs,
    mono: () => ({ bootId: 'b', ms: at.monoMs }),
    after: () => () => {},
  }
  return { at, clock }
}

const rows: [string, number, Seen, number][] = [
  ['a new store believes the clock', START, { mark: 0 }, START],
  ['a clock that goes on is believed', START + DAY / 2, { mark: START }, START + DAY / 2],
  ['one far ahead is not', START + 60 * DAY, { mark: START }, START + DAY],
  [
    'one that an earlier process has found there too is',
    START + 60 * DAY,
    { mark: START, ahead: START + 59 * DAY },
    START + 60 * DAY,
  ],
  ['one far behind what was seen is', START, { mark: START + 60 * DAY }, START],
]
test.each(rows)('%s', (_name, now, seen, past) => {
  expect(new Timers(clocks(now).clock, seen).past).toBe(past)
})

test('a clock that jumps while the process works is not believed until the next one', () => {
  const { at, clock } = clocks(START)
  const timers = new Timers(clock, { mark: START })
  at.wallMs += 60 * DAY
  at.monoMs += 1_000
  expect(timers.past).toBe(START + DAY + 1_000)
  expect(new Timers(clock, timers.seen).past).toBe(at.wallMs)
  const { seen } = timers
  at.wallMs = START + 2_000
  expect(new Timers(clock, seen).past).toBe(START + 2_000)
})

test('after a mark that was far ahead a sleep of another boot lasts as long as it should', () => {
  const timers = new Timers(clocks(START).clock, { mark: START + 60 * DAY })
  const sleep = { bootId: 'other', monoMs: 0, wallMs: START, delayMs: 30 * DAY }
  expect(timers.left(sleep)).toBe(30 * DAY)
})
