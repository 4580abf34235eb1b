import { describe, expect, test } from 'vitest'
import { SpellError } from '../errors.ts'
import { Effects, openExecutor } from './executor-house.ts'
import type { ExecutorPlace, Program } from './executor-house.ts'

type OpenPlace = () => Promise<ExecutorPlace>

/** Runs and steps: G1 to G5, G11. */
export function stepTests(openPlace: OpenPlace): void {
  describe('runs and steps', () => {
    test('what submit has acknowledged survives, and the same id is the same run', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const held: Program = async (c) =>
        c.step('hold', () => new Promise<string>(() => {}), { effect: 'pure' })
      const one = await openExecutor(place, { main: held })
      expect(await one.submit('r', 'main')).toMatchObject({ duplicate: false })
      expect(await one.submit('r', 'main')).toMatchObject({ duplicate: true })
      const main: Program = async (c, input) => c.step('s', async () => (effects.did('s'), input))
      const two = await openExecutor(place, { main }, { recover: true })
      expect(await two.executor.get('r')).toBeDefined()
      expect(await two.submit('r', 'main')).toMatchObject({ duplicate: true })
      expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: null })
      expect(effects.of('s')).toBe(1)
    })

    test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('killed when %i records are on disk', async (killAt) => {
      await using place = await openPlace()
      const effects = new Effects()
      const program = threeKinds(effects)
      const one = await openExecutor(place, { main: program }, { killAt })
      await Promise.race([one.run('r', 'main', 5), place.died?.() ?? pause(100)])
      const two = await openExecutor(place, { main: program })
      await two.executor.resume('r', { onUnknown: 'skip' }).catch(ended)
      const outcome = await two.executor.result('r')
      expect(outcome.status).toBe('succeeded')
      expect(effects.of('unsafe')).toBeLessThanOrEqual(1)
      expect(effects.keys.get('idempotent')?.size).toBe(1)
      expect(effects.of('unsafe')).toBeGreaterThanOrEqual(killAt >= 5 ? 1 : 0)
      expect((await two.executor.replay('r')).difference).toBeUndefined()
    })

    test('a step of unknown outcome waits for a decision, and its decision is kept', async () => {
      await using place = await openPlace()
      let begun = 0
      const main: Program = async (c) => {
        const send = (): Promise<string> => (begun++, new Promise(() => {}))
        return { sent: await c.step('send', send, { args: { to: 'ann' } }) }
      }
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      await expect.poll(() => begun).toBe(1)
      const two = await openExecutor(place, { main }, { recover: true })
      await two.until('r', 'needs-attention')
      const row = await two.executor.get('r')
      expect(row?.reason).toMatchObject({
        code: 'RESUME_UNCERTAIN',
        details: { path: 'main/send#0', name: 'send', args: { to: 'ann' } },
      })
      expect(await two.executor.result('r')).toMatchObject({ status: 'pending' })
      const decision = { as: 'done', value: 'by hand' } as const
      await two.executor.resume('r', { decide: [{ path: 'main/send#0', decision }] })
      expect(await two.executor.result('r')).toEqual({
        status: 'succeeded',
        value: { sent: 'by hand' },
      })
      expect(begun).toBe(1)
      expect((await two.history('r')).map(({ kind }) => kind)).toContain('decision')
      expect((await two.executor.replay('r')).identical).toBe(true)
    })

    test('reconcile is asked before anybody else', async () => {
      await using place = await openPlace()
      let begun = 0
      const main: Program = async (c) =>
        c.step('send', (): Promise<string> => (begun++, new Promise(() => {})), {
          reconcile: async () => ({ happened: 'it did' }),
        })
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main')
      await expect.poll(() => begun).toBe(1)
      const two = await openExecutor(place, { main }, { recover: true })
      expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: 'it did' })
      expect(begun).toBe(1)
    })

    test('errors of steps are outcomes, tries are counted, time is limited', async () => {
      await using place = await openPlace()
      const effects = new Effects()
      const retry = { maxAttempts: 3, firstMs: 1, factor: 2, maxMs: 5 }
      const main: Program = async (c) => {
        const flaky = await c.step(
          'flaky',
          async ({ attempt }) => {
            effects.did('flaky')
            if (attempt < 3) throw new SpellError('NOT_YET', 'not yet')
            return attempt
          },
          { effect: 'idempotent', retry },
        )
        const slow = await c
          .step('slow', () => new Promise<null>(() => {}), { effect: 'pure', timeoutMs: 20 })
          .catch(codeOf)
        const unsafe = await c
          .step(
            'unsafe',
            async () => {
              effects.did('unsafe')
              throw new SpellError('BROKE', 'broke', { details: { sent: true } })
            },
            { retry },
          )
          .catch(codeOf)
        const unsent = await c
          .step(
            'unsent',
            async () => {
              effects.did('unsent')
              throw new SpellError('BROKE', 'broke', { details: { sent: false } })
            },
            { retry },
          )
          .catch(codeOf)
        return { flaky, slow, unsafe, unsent }
      }
      const house = await openExecutor(place, { main })
      const value = { flaky: 3, slow: 'TIMEOUT', unsafe: 'BROKE', unsent: 'BROKE' }
      expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value })
      expect(Object.fromEntries(effects.counts)).toEqual({ flaky: 3, unsafe: 1, unsent: 3 })
      expect((await house.executor.replay('r')).identical).toBe(true)
      expect(effects.of('unsent')).toBe(3)
    })

    test.each(POISON)('%s is an outcome with a code', async (_name, make, code) => {
      await using place = await openPlace()
      const main: Program = async (c) =>
        c.step('poison', async () => make() as null, { effect: 'pure' }).catch(codeOf)
      const house = await openExecutor(place, { main })
      expect(await house.run('r', 'main')).toEqual({ status: 'succeeded', value: code })
      expect((await house.executor.replay('r')).identical).toBe(true)
    })

    test('large values are the same after a restart', async () => {
      await using place = await openPlace()
      const text = 'ä'.repeat(300_000)
      const main: Program = async (c) => {
        const got = await c.compose('c', (inner) =>
          inner.step('big', async () => text, { effect: 'pure', args: text }),
        )
        await c.waitSignal('go')
        return got === text
      }
      const one = await openExecutor(place, { main })
      await one.submit('r', 'main', text)
      await one.until('r', 'waiting')
      const two = await openExecutor(place, { main }, { recover: true })
      await two.executor.signal('r', { name: 'go', signalId: '1', payload: null })
      expect(await two.executor.result('r')).toEqual({ status: 'succeeded', value: true })
      expect((await two.executor.replay('r')).identical).toBe(true)
    })
  })
}

const cycle: { self?: unknown } = {}
cycle.self = cycle
const POISON: readonly (readonly [string, () => unknown, string])[] = [
  ['a cycle', () => cycle, 'VALUE_TOO_LARGE'],
  ['NaN', () => ({ n: Number.NaN }), 'VALUE_UNSUPPORTED'],
  ['a function', () => ({ f: () => 1 }), 'VALUE_UNSUPPORTED'],
  ['a date', () => new Date(0), 'VALUE_UNSUPPORTED'],
  ['half a sign', () => '\ud800', 'VALUE_UNSUPPORTED'],
  ['17 MiB', () => 'x'.repeat(17 * 1024 * 1024), 'VALUE_TOO_LARGE'],
]

/** Killed behind its last record it has ended. */
function ended(error: unknown): void {
  expect(codeOf(error)).toBe('RUN_ENDED')
}

function codeOf(error: unknown): string {
  return error instanceof SpellError ? error.code : String(error)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function threeKinds(effects: Effects): Program {
  return async (c, input) => {
    const pure = await c.step('pure', async () => (effects.did('pure'), 1), {
      effect: 'pure',
      args: input,
    })
    const unsafe = await c.step('unsafe', async (s) => (effects.did('unsafe', s.idempotencyKey), 2))
    const inner = await c.compose('composed', async (i) => {
      const given = await i.step(
        'idempotent',
        async (s) => (effects.did('idempotent', s.idempotencyKey), 3),
        { effect: 'idempotent' },
      )
      return given * 2
    })
    const at = await c.mark('half', { pure })
    return [pure, unsafe, inner, at, c.random(), c.uuid(), c.now()]
  }
}
