import { expect, test } from 'vitest'
import type { Json } from '../contracts/journal.ts'
import type { Scope, StateOp } from '../contracts/state.ts'
import { backupOf, del, failure, HOME, put, streamOf } from './store-kit.ts'
import type { Bench, StoreSuite } from './store-kit.ts'

const SCOPES: readonly Scope[] = [
  HOME,
  { tenant: 'local', kind: 'user', id: 'a' },
  { tenant: 'local', kind: 'user', id: 'ab' },
]
const KEYS = ['a', 'b', 'ab', 'ä', '\u{1f30d}', 'b/1']
const ROUNDS = process.env['LLMSPELL_TEST_FULL'] ? 60 : 6

/** Numbers that are the same for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % sides
  }
}

/** What a store should hold: values and revisions by scope and key. */
class Model {
  readonly values = new Map<string, { value: Json; rev: bigint }>()

  apply(ops: readonly StateOp[], rev: bigint): void {
    for (const op of ops) {
      if (op.op === 'put') this.values.set(nameOf(op), { value: op.value as Json, rev })
      else this.values.delete(nameOf(op))
    }
  }

  of(scope: Scope): [string, unknown][] {
    const inScope = KEYS.filter((key) => this.values.has(nameOf({ scope, key })))
    const order = inScope.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    return order.map((key) => [key, this.values.get(nameOf({ scope, key }))])
  }
}

const nameOf = ({ scope, key }: { scope: Scope; key: string }): string =>
  JSON.stringify([scope.tenant, scope.kind, scope.id, key])

export function lawTests(bench: () => Bench, suite: StoreSuite): void {
  test.each(Array.from({ length: ROUNDS }, (_, n) => [n + 1]))(
    'random commits leave what a map would hold (seed %d)',
    async (seed) => {
      const model = new Model()
      const roll = dice(seed)
      for (let n = 0; n < 120; n++) await step(bench(), model, roll, n)
      await same(bench(), model)
      await bench().store.restore(streamOf(await backupOf(bench().store)), { mode: 'replace' })
      if (suite.again) await bench().reopen()
      await same(bench(), model)
      expect(await Array.fromAsync(bench().store.verify())).toEqual([])
    },
  )

  test.runIf(suite.again)('what was committed is there after the store was closed', async () => {
    const { seq } = await bench().store.commit([put('a', 1)], { once: 'x' })
    await bench().reopen()
    expect(await bench().home.get('a')).toEqual({ value: 1, rev: seq })
    expect(await bench().store.commit([], { once: 'x' })).toEqual({ seq, duplicate: true })
    expect((await bench().home.put('b', 1)).rev).toBe(seq + 1n)
  })

  test('a store that is closed refuses', async () => {
    await bench().store.close()
    expect(await failure(bench().home.put('a', 1))).toMatchObject({ code: 'STATE_UNAVAILABLE' })
    expect(await failure(bench().store.stats())).toMatchObject({ code: 'STATE_UNAVAILABLE' })
  })

  test.runIf(suite.again)('closing waits for what was asked for before', async () => {
    const { home } = bench()
    const works = [home.put('first', 1, { durability: 'sync' })]
    await new Promise((resolve) => setImmediate(resolve))
    for (let n = 0; n < 50; n++) works.push(home.put(`k${n}`, n))
    const [settled] = await Promise.all([Promise.allSettled(works), bench().reopen()])
    expect(settled.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(await bench().all()).toHaveLength(51)
  })
}

async function step(
  bench: Bench,
  model: Model,
  roll: (n: number) => number,
  n: number,
): Promise<void> {
  const pick = (): { scope: Scope; key: string } => ({
    scope: SCOPES[roll(SCOPES.length)]!,
    key: KEYS[roll(KEYS.length)]!,
  })
  const ops = Array.from({ length: 1 + roll(4) }, () => {
    const { scope, key } = pick()
    return roll(3) === 0 ? del(key, scope) : put(key, { n, roll: roll(1000) }, scope)
  })
  const aim = pick()
  const real = model.values.get(nameOf(aim))?.rev ?? ('absent' as const)
  const wrong = roll(4) === 0
  const rev = wrong ? 123_456n : real
  const commit = bench.store.commit(ops, { expect: roll(2) ? [{ ...aim, rev }] : [] })
  const outcome = await commit.catch((error: unknown) => error as { code: string })
  if ('seq' in outcome) model.apply(ops, outcome.seq)
  expect('seq' in outcome || [wrong, outcome.code]).toEqual(
    'seq' in outcome || [true, 'STATE_CONFLICT'],
  )
}

async function same(bench: Bench, model: Model): Promise<void> {
  for (const scope of SCOPES) {
    const held = await Array.fromAsync(bench.store.scope(scope).iterate())
    expect(held).toEqual(model.of(scope))
  }
}
