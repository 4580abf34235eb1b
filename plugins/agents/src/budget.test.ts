import { describe, expect, it, vi } from 'vitest'
import type { Value } from '@llmspell/sdk'
import { asksFor, FakeRun, says } from './testing/fake-run.ts'

const add = { run: () => 2 }
const call = asksFor(['add', {}])

describe('the budget of one execute', () => {
  it('ends before a step too many, and runs no tool whose result nobody would read', async () => {
    const spy = vi.fn<() => Value>(() => 2)
    const run = new FakeRun([call, call], { add: { run: spy } })
    const agent = await run.create({ name: 'clerk', tools: ['add'], budget: { max_steps: 2 } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { limit: 'max_steps', max: 2, used: 3, who: "agent 'clerk'" },
    })
    expect(spy).toHaveBeenCalledTimes(1)
    expect(run.requests).toHaveLength(2)
  })

  it('allows 20 steps by default', async () => {
    const run = new FakeRun(
      Array.from({ length: 21 }, () => call),
      { add },
    )
    await expect(run.execute(await run.create({ tools: ['add'] }), 'x')).rejects.toMatchObject({
      details: { limit: 'max_steps', max: 20 },
    })
    expect(run.requests).toHaveLength(20)
  })

  it('counts tool calls before they run', async () => {
    const spy = vi.fn<() => Value>()
    const run = new FakeRun([asksFor(['add', {}], ['add', {}])], { add: { run: spy } })
    const agent = await run.create({ tools: ['add'], budget: { max_tool_calls: 1 } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      details: { limit: 'max_tool_calls', max: 1, used: 2 },
    })
    expect(spy).not.toHaveBeenCalled()
  })

  it('counts tokens and keeps the answer that was too dear', async () => {
    const run = new FakeRun([says('dear')])
    const agent = await run.create({ budget: { max_tokens: 14 } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      details: { limit: 'max_tokens', max: 14, used: 15, text: 'dear' },
    })
  })

  it('counts money', async () => {
    const run = new FakeRun([says('dear', 0.03)])
    const agent = await run.create({ budget: { max_cost: 0.02 } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      details: { limit: 'max_cost', used: 0.03 },
    })
  })

  it('is the configured one where the options of a call say nothing', async () => {
    const run = new FakeRun([call, call, says('ok')], { add })
    const agent = await run.create({ tools: ['add'], budget: { max_steps: 1, max_tool_calls: 2 } })
    expect((await run.execute(agent, 'x', { budget: { max_steps: 3 } })).text).toBe('ok')
  })

  it('holds for agents called as tools as well', async () => {
    const run = new FakeRun([asksFor(['expert', { input: 'x' }]), says('long', 1)])
    const expert = await run.create({ name: 'expert' })
    const boss = await run.create({ name: 'boss', tools: [expert], budget: { max_cost: 0.5 } })
    await expect(run.execute(boss, 'x')).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { who: "agent 'boss'", used: 1 },
    })
  })
})

describe('usage of an agent', () => {
  it('adds up over its executions', async () => {
    const run = new FakeRun([call, says('ok', 0.5)], { add })
    const agent = await run.create({ tools: ['add'] })
    await run.execute(agent, 'x')
    await expect(run.execute(agent, 'x')).rejects.toThrow('asked too often')
    expect(await run.call('Agent.usage', [], agent)).toEqual({
      requests: 2,
      failed: 1,
      steps: 3,
      tool_calls: 1,
      input_tokens: 20,
      output_tokens: 10,
      cost: 0.5,
      duration_ms: expect.any(Number) as number,
    })
    expect(await run.call('Agent.state', [], agent)).toBe('failed')
  })
})
