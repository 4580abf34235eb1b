import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, RunContext } from '@llmspell/sdk'
import { Effects, openExecutor } from '@llmspell/sdk/testing'
import type { Program } from '@llmspell/sdk/testing'
import { storePlace } from './place.ts'

/** A little program as data. */
type Piece =
  | { readonly do: 'step'; readonly effect: 'pure' | 'idempotent' | 'unsafe'; readonly ms: number }
  | { readonly do: 'mark' }
  | { readonly do: 'nap'; readonly ms: number }
  | { readonly do: 'fail'; readonly effect: 'pure' | 'unsafe' }
  | { readonly do: 'enter' | 'compose' | 'side' | 'all' | 'race'; readonly parts: readonly Piece[] }

const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({
      do: fc.constant('step' as const),
      effect: fc.constantFrom('pure' as const, 'idempotent' as const, 'unsafe' as const),
      ms: fc.integer({ min: -1, max: 4 }),
    }),
    fc.record({ do: fc.constant('mark' as const) }),
    fc.record({ do: fc.constant('nap' as const), ms: fc.integer({ min: 0, max: 5 }) }),
    fc.record({
      do: fc.constant('fail' as const),
      effect: fc.constantFrom('pure' as const, 'unsafe' as const),
    }),
    fc.record({
      do: fc.constantFrom(
        'enter' as const,
        'compose' as const,
        'side' as const,
        'all' as const,
        'race' as const,
      ),
      parts: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))
const programs = fc.array(piece, { minLength: 1, maxLength: 5 })

/** Does what the data says. What it gives depends on everything that settled, in the order in which it did. */
function programOf(pieces: readonly Piece[], effects: Effects): Program {
  return async (context) => {
    const log: Json[] = []
    await sequence(context, pieces, { log, effects })
    log.push(context.random(), context.uuid(), context.now())
    return log
  }
}

interface Told {
  readonly log: Json[]
  readonly effects: Effects
}

async function sequence(c: RunContext, pieces: readonly Piece[], told: Told): Promise<Json> {
  let last: Json = null
  for (const part of pieces) {
    last = await perform(c, part, told).catch((error: unknown) => String((error as Error).message))
    told.log.push(last)
  }
  return last
}

async function perform(c: RunContext, part: Piece, told: Told): Promise<Json> {
  switch (part.do) {
    case 'step':
    case 'fail':
      return step(c, part, told)
    case 'mark':
      return c.mark('here', told.log.length)
    case 'nap':
      return (await c.sleep('nap', part.ms), null)
    case 'enter':
      return c.enter(1, told.log.length, () => sequence(c, part.parts, told))
    case 'compose':
      return c.compose('whole', (inner) => sequence(inner, part.parts, told))
    case 'side':
      return Promise.all(
        part.parts.map((one) => c.compose('lane', (inner) => perform(inner, one, told))),
      )
    case 'all':
      return c.all('all', branches(part.parts, told)) as Promise<Json>
    case 'race':
      return { ...(await c.race('race', branches(part.parts, told))) }
  }
}

function branches(parts: readonly Piece[], told: Told) {
  return Object.fromEntries(
    parts.map((part, i) => [`b${i}`, (inner: RunContext) => perform(inner, part, told)]),
  )
}

function step(
  c: RunContext,
  part: Extract<Piece, { do: 'step' | 'fail' }>,
  { effects }: Told,
): Promise<Json> {
  const ms = part.do === 'step' ? part.ms : 0
  return c.step(
    'step',
    async ({ path, signal }) => {
      effects.did(`${part.effect} ${path}`)
      if (ms >= 0) await new Promise((resolve) => setTimeout(resolve, ms))
      signal.throwIfAborted()
      if (part.do === 'fail') throw new Error('it fails')
      return path
    },
    { effect: part.effect },
  )
}

const runs = process.env['LLMSPELL_TEST_FULL'] ? 1_000 : 60

test('a replay writes the same journal, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (pieces) => {
      await using place = await storePlace()
      const effects = new Effects()
      const house = await openExecutor(place, { main: programOf(pieces, effects) })
      const outcome = await house.run('r', 'main')
      expect(outcome.status).toBe('succeeded')
      const before = new Map(effects.counts)
      const report = await house.executor.replay('r')
      expect(report.difference).toBeUndefined()
      expect(report).toMatchObject({ identical: true, outcome })
      expect(report.records).toEqual(await house.history('r'))
      expect(effects.counts).toEqual(before)
    }),
    { numRuns: runs },
  )
}, 120_000)

test('killed behind any record a run goes on, and no unsafe step happens twice', async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.integer({ min: 1, max: 30 }), async (pieces, killAt) => {
      await using place = await storePlace()
      const effects = new Effects()
      const main = programOf(pieces, effects)
      const one = await openExecutor(place, { main }, { killAt })
      await Promise.race([one.run('r', 'main'), place.died!()])
      const two = await openExecutor(place, { main })
      await two.executor.resume('r', { onUnknown: 'fail' }).catch(() => {})
      const outcome = await two.executor.result('r')
      expect(outcome).toMatchObject({ status: 'succeeded' })
      const twice = [...effects.counts].filter(
        ([name, count]) => name.startsWith('unsafe') && count > 1,
      )
      expect(twice).toEqual([])
      const report = await two.executor.replay('r')
      expect(report.difference).toBeUndefined()
      expect(report).toMatchObject({ identical: true, outcome })
    }),
    { numRuns: runs },
  )
}, 120_000)
