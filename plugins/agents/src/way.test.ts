import { cancel, modify, redirect, replace, retry } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { asksFor, failing, FakeRun, says } from './testing/fake-run.ts'
import type { AgentAnswered, AgentAsked, AgentCreate } from './types.ts'

const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const broken = failing('PROVIDER_FAILED', { retryable: false })

describe('agent.create', () => {
  test('changes plain parts of a configuration, and keeps the others', async () => {
    const run = new FakeRun([says('a')])
    let shown: unknown
    run.taps.create = (facts: AgentCreate) => {
      shown = facts.config
      const { temperature: _, ...config } = facts.config
      return modify({ ...facts, config: { ...config, system_prompt: 'Be brief.' } })
    }
    const prompt = { name: 'poet', temperature: 1, approve: async () => true, api_key: 'sk-1' }
    const agent = await run.create({ ...prompt, system_prompt: 'Sing.' })
    expect(shown).toEqual({ temperature: 1, system_prompt: 'Sing.' })
    const config = await run.call('Agent.config', [], agent)
    expect(config).toMatchObject({ name: 'poet', system_prompt: 'Be brief.', approve: 'function' })
    expect(config).not.toHaveProperty('temperature')
  })

  test('cancels, and cannot make what could not be made', async () => {
    const run = new FakeRun()
    run.taps.create = () => cancel('no')
    await expect(run.create({ name: 'a' })).rejects.toMatchObject({ code: 'HOOK_CANCELLED' })
    run.taps.create = (facts: AgentCreate) => modify({ ...facts, config: { temperature: 'hot' } })
    await expect(run.create({ name: 'a' })).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
    expect(await run.call('exists', ['a'])).toBe(false)
  })

  test('what was made and closed is told', async () => {
    const run = new FakeRun()
    const agent = await run.create({ name: 'a' })
    await run.call('Agent.close', [], agent)
    expect(run.events.map(({ point }) => point)).toEqual([
      'agent.created',
      'agent.close',
      'agent.closed',
    ])
  })
})

describe('agent.input', () => {
  test('changes what is asked', async () => {
    const run = new FakeRun([says('a')])
    run.taps.input = (facts: AgentAsked) =>
      modify({ ...facts, text: `${facts.text}!`, options: { temperature: 0 } })
    const agent = await run.create()
    await run.execute(agent, { text: 'Hi {{name}}', parameters: { name: 'you' } })
    const { request } = run.requests[0]!
    expect(request).toMatchObject({ temperature: 0 })
    expect(request.messages.at(-1)).toMatchObject({ content: [{ text: 'Hi you!' }] })
  })

  test.each([{ text: 5 }, { text: 'a', options: { temperature: 'hot' } }])(
    'changes nothing into nonsense: %j',
    async (data) => {
      const run = new FakeRun([says('a')])
      run.taps.input = () => modify(data)
      const asked = run.execute(await run.create(), 'Hi')
      await expect(asked).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
    },
  )

  test('answers in the place of the model, marked and remembered', async () => {
    const run = new FakeRun([says('b')])
    const agent = await run.create({ memory: true })
    run.taps.input = () => replace('mine')
    expect(await run.execute(agent, 'Hi')).toMatchObject({
      text: 'mine',
      metadata: { replaced_by: 'tester', cost: 0, token_count: 0, steps: 0 },
    })
    expect(run.requests).toEqual([])
    delete run.taps.input
    await run.execute(agent, 'And?')
    expect(run.requests[0]!.request.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ])
    run.taps.input = () => replace('again')
    const chunks = await run.read(agent, 'Hi')
    expect(chunks.map(({ type, text }) => [type, text])).toEqual([
      ['text', 'again'],
      ['finish', ''],
    ])
  })

  test('answers with data that satisfy the schema', async () => {
    const run = new FakeRun()
    const agent = await run.create({ schema: SCHEMA })
    run.taps.input = () => replace({ n: 1 })
    expect(await run.execute(agent, 'Hi')).toMatchObject({ result: { n: 1 }, data: { n: 1 } })
    run.taps.input = () => replace({ n: 'one' })
    const asked = run.execute(agent, 'Hi')
    await expect(asked).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })

  test('cancels, or has another agent asked, not for ever', async () => {
    const run = new FakeRun([says('of b')])
    const [a] = [await run.create({ name: 'a' }), await run.create({ name: 'b' })]
    run.taps.input = () => cancel('no')
    await expect(run.execute(a, 'Hi')).rejects.toMatchObject({ code: 'HOOK_CANCELLED' })
    run.taps.input = ({ agent }: AgentAsked) => (agent === 'a' ? redirect('b') : undefined)
    expect(await run.execute(a, 'Hi')).toMatchObject({ agent: 'b', text: 'of b' })
    run.taps.input = () => redirect('nobody')
    await expect(run.execute(a, 'Hi')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    run.taps.input = ({ agent }: AgentAsked) => redirect(agent === 'a' ? 'b' : 'a')
    await expect(run.execute(a, 'Hi')).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })
})

describe('agent.output', () => {
  test('changes the text before anybody has seen a word of it, and what is remembered', async () => {
    const run = new FakeRun([says('the secret'), says('b')])
    const agent = await run.create({ memory: true })
    run.taps.output = (facts: AgentAnswered) => modify({ ...facts, text: 'the ***' })
    const chunks = await run.read(agent, 'Hi')
    expect(JSON.stringify(chunks)).not.toContain('secret')
    expect(chunks.at(-1)).toMatchObject({ result: { text: 'the ***', metadata: { steps: 1 } } })
    await run.execute(agent, 'And?')
    expect(JSON.stringify(run.requests[1]!.request.messages)).toContain('the ***')
  })

  test('has it asked again, all of it within one budget', async () => {
    const run = new FakeRun([says('a', 0.1), says('b', 0.1), says('c', 0.1)])
    run.taps.output = () => retry()
    const agent = await run.create({ memory: true })
    const result = await run.execute(agent, 'Hi')
    expect(result).toMatchObject({ text: 'c', metadata: { steps: 3 } })
    expect(result.messages).toHaveLength(2)
    const small = new FakeRun([says('a'), says('b'), says('c')])
    small.taps.output = () => retry()
    const asked = small.execute(await small.create({ budget: { max_steps: 2 } }), 'Hi')
    await expect(asked).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  })

  test('answers instead; what it took stays', async () => {
    const run = new FakeRun([says('a', 0.1)])
    run.taps.output = () => replace('b')
    expect(await run.execute(await run.create(), 'Hi')).toMatchObject({
      text: 'b',
      metadata: { replaced_by: 'tester', steps: 1, cost: 0.1 },
    })
  })

  test('lets everything through in its order', async () => {
    const run = new FakeRun([asksFor(['add', {}]), says('a')], { add: { run: () => 2 } })
    run.taps.output = () => undefined
    const chunks = await run.read(await run.create({ tools: ['add'] }), 'Hi')
    expect(chunks.map(({ type }) => type)).toEqual([
      'step',
      'tool_call',
      'tool_result',
      'text',
      'step',
      'finish',
    ])
  })
})

describe('agent.error', () => {
  test('has it asked again, or answers', async () => {
    const run = new FakeRun([broken, says('a'), broken, broken])
    const agent = await run.create()
    run.taps.error = () => retry()
    expect(await run.execute(agent, 'Hi')).toMatchObject({ text: 'a' })
    run.taps.error = () => replace('b')
    expect(await run.execute(agent, 'Hi')).toMatchObject({
      text: 'b',
      metadata: { replaced_by: 'tester' },
    })
    run.taps.error = () => undefined
    await expect(run.execute(agent, 'Hi')).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
  })

  test('is not asked about limits and what hooks decided', async () => {
    const run = new FakeRun([says('a'), asksFor(['add', {}])], { add: { run: () => 2 } })
    run.taps.error = () => replace('b')
    run.taps.output = (facts: AgentAnswered) => modify({ ...facts, text: 5 })
    const agent = await run.create({ tools: ['add'], budget: { max_steps: 1 } })
    await expect(run.execute(agent, 'Hi')).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
    await expect(run.execute(agent, 'Hi')).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  })
})
