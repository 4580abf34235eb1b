import { expect, test } from 'vitest'
import { openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { storePlace } from './place.ts'

test('what a round of a loop was told goes with the round, and is told again where the round is kept', async () => {
  await using place = await storePlace()
  let life = 'first'
  const told = new Map<number, string[]>()
  const main: Program = (c) =>
    c.loop('loop', { state: [] as string[], maxIterations: 40, keep: 2 }, async (inner, all, i) => {
      const now = inner.fact('life', () => life)
      told.set(i, [...(told.get(i) ?? []), now])
      await inner.step('add', async () => i, { effect: 'idempotent' })
      if (i === 20) await inner.waitSignal('go')
      const later = inner.fact('life', () => life)
      return i === 30 ? { done: [...all, later] } : { next: [...all, later] }
    })
  const one = await openExecutor(place, { main })
  await one.submit('r', 'main')
  await one.until('r', 'waiting')
  const records = await one.history('r')
  expect(records.filter(({ kind }) => kind === 'pruned')).toHaveLength(1)
  expect(records.filter(({ path }) => path.includes('/fact:')).length).toBeLessThan(8)
  life = 'second'
  const two = await openExecutor(place, { main }, { recover: true })
  await two.executor.signal('r', { name: 'go', signalId: '1', payload: null })
  const value = [...Array<string>(20).fill('first'), ...Array<string>(11).fill('second')]
  expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value })
  expect([told.get(17), told.get(19), told.get(20), told.get(21)]).toEqual([
    ['first'],
    ['first', 'first'],
    ['first', 'first'],
    ['second'],
  ])
  life = 'third'
  const report = await two.executor.replay('r')
  expect([report.difference, report.identical]).toEqual([undefined, true])
  expect(report.outcome).toEqual({ status: 'succeeded', value })
})
