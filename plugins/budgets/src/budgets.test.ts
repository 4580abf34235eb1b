import { testHost, type TestHost } from '@llmspell/sdk/testing'
import type { Manifest, Value } from '@llmspell/sdk'
import { afterEach, expect, test } from 'vitest'
import plugin from './index.ts'
import type { BudgetsConfig } from './generated/config.ts'
import { FakeContext } from './testing/fake-context.ts'
import manifestJson from '../package.json' with { type: 'json' }

const manifest = manifestJson.llmspell as unknown as Manifest
let host: TestHost
afterEach(() => host.dispose())

async function open(config: Partial<BudgetsConfig> = {}): Promise<TestHost> {
  host = await testHost(plugin, {
    manifest,
    config: { on_exceeded: 'fail', unknown_price: 'deny', ...config },
    root: new URL('..', import.meta.url).pathname,
  })
  return host
}
const forecast = { tokens: 60, cost: 0 }

test('the run has one root, with its limits', async () => {
  await open()
  const budgets = host.service('budgets')
  const { context } = new FakeContext({ tokens: 100 })
  expect(budgets.of(context)).toBe(budgets.of(context))
  expect(budgets.of(context).limits).toEqual({ tokens: 100 })
  await budgets.reserve(context, forecast, 'A model')
  await expect(budgets.reserve(context, forecast, 'A model')).rejects.toMatchObject({
    details: { limit: 'max_tokens', max: 100, used: 60, who: 'the run' },
  })
})

test.each([
  [['once'], 2, 120],
  [['run'], 3, undefined],
  [['no'], 1, 100],
  [['stop'], 1, 100],
] as const)('a person who says %s', async (answers, calls, max) => {
  await open({ on_exceeded: 'pause' })
  const budgets = host.service('budgets')
  const run = new FakeContext({ tokens: 100 }, answers)
  const made = await Promise.allSettled(
    [1, 2, 3].map(() => budgets.reserve(run.context, forecast, 'A model')),
  )
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(calls)
  expect(budgets.of(run.context).limits.tokens).toBe(max)
  expect(run.questions[0]).toMatchObject({
    need: { permission: 'budget', target: 'max_tokens of the run' },
    reason: 'the budget of 100 is used up: raise it?',
  })
  expect(run.cancelled).toHaveLength(answers[0] === 'stop' ? 1 : 0)
})

test('nobody is asked where nobody is there', async () => {
  await open({ on_exceeded: 'pause' })
  const { context } = new FakeContext({ tokens: 10 })
  await expect(host.service('budgets').reserve(context, forecast, 'A model')).rejects.toThrow(
    'would need 50 tokens more than the 10 tokens left',
  )
})

test('parts of a script overlap, are lowered and closed', async () => {
  await open()
  const budgets = host.service('budgets')
  const { functions } = host.contribution('script-modules', 'Budget')
  const { context } = new FakeContext({ tokens: 100 })
  const call = (fn: string, ...args: Value[]) => functions[fn]!({ args, context } as never)
  const id = (await call('open', { max_tokens: 50, max_time: '1h' })) as string
  const other = (await call('open', { max_tokens: 70 })) as string
  ;(await budgets.reserve(context, { tokens: 30, cost: 0 }, 'A model')).release()
  expect(await call('read', { max_tokens: 40 })).toMatchObject({
    max_tokens: 40,
    remaining: { tokens: 40 },
  })
  await call('close', other)
  await expect(budgets.reserve(context, { tokens: 41 }, 'A model')).rejects.toThrow('part')
  await call('close', id)
  expect(await call('read')).toEqual({
    max_tokens: 100,
    used: { tokens: 0, cost: 0, steps: 0, tool_calls: 0, time_ms: expect.any(Number) as number },
    remaining: { tokens: 100 },
  })
})

test('what a script does in a callback of an agent counts for the agent', async () => {
  await open()
  const budgets = host.service('budgets')
  const { context } = new FakeContext()
  const poet = budgets.of(context).child("agent 'poet'", {})
  await budgets.within(poet, async () => {
    await Promise.resolve()
    ;(await budgets.reserve(context, forecast, 'A model')).settle({
      inputTokens: 1,
      outputTokens: 2,
      cost: 0,
    })
  })
  expect(poet.used.tokens).toBe(3)
  const other = new FakeContext().context
  budgets.within(poet, () => expect(budgets.of(other).name).toBe('the run'))
})
