import { SpellError } from '@llmspell/sdk'
import type { ModelChunk, Value } from '@llmspell/sdk'
import { describe, expect, it, vi } from 'vitest'
import { asksFor, failing, FakeRun, says, usage } from './testing/fake-run.ts'

const add = {
  run: (input: Value) => (input as { a: number; b: number }).a + (input as { b: number }).b,
}

describe('one answer', () => {
  it('has the shape of every result', async () => {
    const run = new FakeRun([says('A haiku.', 0.25)])
    const agent = await run.create({ name: 'poet', model: 'fake/real' })
    const result = await run.execute(agent, 'Write')
    expect(result).toMatchObject({
      success: true,
      text: 'A haiku.',
      result: 'A haiku.',
      tool_calls: [],
      finish_reason: 'stop',
      metadata: {
        run_id: 'run-1',
        seq: 0,
        token_count: 15,
        cost: 0.25,
        model: 'fake/real',
        provider: 'fake',
        steps: 1,
      },
    })
    expect(result.metadata.usage).toEqual({ input_tokens: 10, output_tokens: 5, total_tokens: 15 })
    expect(result.metadata).not.toHaveProperty('mock')
    expect(result).not.toHaveProperty('data')
    expect(result.messages).toEqual([
      { role: 'user', text: 'Write', content: [{ type: 'text', text: 'Write' }] },
      { role: 'assistant', text: 'A haiku.', content: [{ type: 'text', text: 'A haiku.' }] },
    ])
  })

  it('says when no model answered', async () => {
    const run = new FakeRun([says('x')])
    expect((await run.execute(await run.create(), 'x')).metadata.mock).toBe(true)
  })

  it('keeps an answer that happens to be JSON as text', async () => {
    const run = new FakeRun([says('{"success": false}')])
    const result = await run.execute(await run.create(), 'x')
    expect(result).toMatchObject({
      success: true,
      text: '{"success": false}',
      result: '{"success": false}',
    })
    expect(result).not.toHaveProperty('data')
  })

  it('gives the door the spec and every parameter of the request', async () => {
    const run = new FakeRun([says('x')])
    const settings = { reasoning: 'low' }
    const agent = await run.create({
      model: { model: 'fake/x', settings: { a: 1 } },
      base_url: 'http://localhost:1',
      api_key: 'env:LAB',
      settings,
      system_prompt: 'Be brief.',
      temperature: 0.3,
      top_p: 0.9,
      seed: 7,
      stop: 'END',
      max_tokens: 50,
    })
    await run.execute(agent, 'x', { temperature: 0.5 })
    expect(run.requests[0]!.spec).toEqual({
      model: 'fake/x',
      base_url: 'http://localhost:1',
      api_key: 'env:LAB',
      settings: { a: 1, reasoning: 'low' },
    })
    expect(run.requests[0]!.request).toEqual({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'x' }] },
      ],
      temperature: 0.5,
      topP: 0.9,
      seed: 7,
      stop: ['END'],
      maxTokens: 50,
    })
  })

  it('asks in the name of the agent', async () => {
    const run = new FakeRun([says('x')])
    await run.execute(await run.create({ name: 'poet' }), 'x')
    expect(run.passed.at(-1)).toMatchObject({
      call: 'Provider.stream',
      actors: [{ kind: 'agent', name: 'poet' }],
    })
  })

  it('tells hooks and people', async () => {
    const run = new FakeRun([says('x')])
    await run.execute(await run.create({ name: 'poet' }), 'Hi')
    expect(run.events.map(({ point }) => point)).toEqual([
      'agent.created',
      'agent.start',
      'agent.step',
      'agent.done',
    ])
    expect(run.events[1]!.payload).toEqual({
      agent: 'poet',
      run_id: 'run-1',
      model: 'fake/demo',
      text: 'Hi',
    })
    expect(run.events.at(-1)!.payload).toMatchObject({
      agent: 'poet',
      ok: true,
      steps: 1,
      usage: { total_tokens: 15 },
    })
    expect(run.progress[0]).toEqual({ who: "agent 'poet'", state: 'started', text: 'thinking' })
    expect(run.progress.at(-1)).toMatchObject({ state: 'done', text: 'answered (15 tokens)' })
  })

  it('does not touch hook points that nobody uses', async () => {
    const run = new FakeRun([says('x')], {}, false)
    await run.execute(await run.create(), 'x')
    expect(run.events).toEqual([])
  })
})

describe('the loop', () => {
  it('calls the tool and gives its result to the model', async () => {
    const run = new FakeRun([asksFor(['add', { a: 1, b: 2 }]), says('It is 3.')], {
      add: { ...add, permissions: { read: ['./data'] } },
    })
    const agent = await run.create({ name: 'clerk', tools: ['add'] })
    const result = await run.execute(agent, 'Add')
    expect(result.text).toBe('It is 3.')
    expect(result.tool_calls).toMatchObject([
      { id: 'call_1', name: 'add', input: { a: 1, b: 2 }, result: 3 },
    ])
    expect(result.metadata).toMatchObject({ steps: 2, token_count: 30 })
    expect(run.requests[1]!.request.messages.at(-1)).toEqual({
      role: 'tool',
      content: [{ type: 'tool_result', id: 'call_1', name: 'add', text: '3', failed: false }],
    })
    expect(run.requests[0]!.request.tools).toEqual([
      { name: 'add', description: 'Does add.', input: { type: 'object' } },
    ])
    expect(run.passed.find(({ call }) => call === 'Tool.execute')).toEqual({
      call: 'Tool.execute',
      args: ['add', { a: 1, b: 2 }, { on_error: 'return' }],
      actors: [{ kind: 'agent', name: 'clerk' }],
      grants: [{ holder: "agent 'clerk'", allow: { read: ['./data'] } }],
    })
  })

  it('runs the calls of one step at the same time and keeps their order', async () => {
    let running = 0
    let most = 0
    const tool = (ms: number) => ({
      run: async () => {
        most = Math.max(most, ++running)
        await new Promise((done) => setTimeout(done, ms))
        running--
        return ms
      },
    })
    const run = new FakeRun([asksFor(['slow', {}], ['fast', {}]), says('ok')], {
      slow: tool(20),
      fast: tool(1),
    })
    const result = await run.execute(await run.create({ tools: ['slow', 'fast'] }), 'x')
    expect(most).toBe(2)
    expect(result.tool_calls.map((row) => row.result)).toEqual([20, 1])
  })

  it('answers calls of tools it does not have without running them', async () => {
    const secret = { run: vi.fn<() => Value>() }
    const run = new FakeRun([asksFor(['secret', {}], ['ad', {}]), says('ok')], { add, secret })
    const result = await run.execute(await run.create({ name: 'clerk', tools: ['add'] }), 'x')
    expect(secret.run).not.toHaveBeenCalled()
    expect(result.tool_calls.map((row) => row.error?.code)).toEqual([
      'TOOL_NOT_FOUND',
      'TOOL_NOT_FOUND',
    ])
    const [, second] = run.requests[1]!.request.messages.at(-1)!.content
    expect(second).toMatchObject({
      failed: true,
      text: expect.stringContaining("Did you mean 'add'?") as string,
    })
  })

  it('answers arguments that are no JSON without running the tool', async () => {
    const spy = { run: vi.fn<() => Value>() }
    const invalid: ModelChunk = {
      type: 'tool_call_invalid',
      id: 'c',
      name: 'add',
      raw: '{"a": ',
      problem: 'it ends early',
    }
    const run = new FakeRun(
      [[invalid, { type: 'finish', reason: 'tool_calls', usage }], says('ok')],
      { add: spy },
    )
    const result = await run.execute(await run.create({ tools: ['add'] }), 'x')
    expect(spy.run).not.toHaveBeenCalled()
    expect(result.tool_calls[0]).toMatchObject({
      input: '{"a": ',
      error: { code: 'INPUT_INVALID' },
    })
    expect(JSON.stringify(run.requests[1]!.request.messages)).toContain('it ends early')
  })

  it('tells the model about a tool that fails', async () => {
    const broken = {
      run: () => {
        throw new SpellError('DISK_FULL', 'No room.')
      },
    }
    const run = new FakeRun([asksFor(['broken', {}]), says('Sorry.')], { broken })
    const result = await run.execute(await run.create({ tools: ['broken'] }), 'x')
    expect(result.text).toBe('Sorry.')
    expect(result.tool_calls[0]!.error).toMatchObject({ code: 'DISK_FULL' })
    expect(JSON.stringify(run.requests[1]!.request.messages)).toContain('DISK_FULL: No room.')
  })

  it.each([
    ['BUDGET_EXCEEDED', undefined],
    ['CANCELLED', undefined],
    ['PERMISSION_DENIED', { fatal: true }],
  ])('ends with %s of a tool', async (code, details) => {
    const broken = {
      run: () => {
        throw new SpellError(code, 'No.', { details })
      },
    }
    const run = new FakeRun([asksFor(['broken', {}])], { broken })
    await expect(run.execute(await run.create({ tools: ['broken'] }), 'x')).rejects.toMatchObject({
      code,
    })
  })

  it('goes on after a denial that is not fatal', async () => {
    const broken = {
      run: () => {
        throw new SpellError('PERMISSION_DENIED', 'No.')
      },
    }
    const run = new FakeRun([asksFor(['broken', {}]), says('ok')], { broken })
    expect((await run.execute(await run.create({ tools: ['broken'] }), 'x')).text).toBe('ok')
  })

  it('requires a tool until one was called', async () => {
    const run = new FakeRun([asksFor(['add', { a: 1, b: 1 }]), says('2')], { add })
    await run.execute(await run.create({ tools: ['add'], tool_choice: 'required' }), 'x')
    expect(run.requests.map(({ request }) => request.toolChoice)).toEqual(['required', undefined])
  })
})

describe('approval', () => {
  const mail = { effect: 'unsafe', run: () => 'sent' } as const

  it('asks before unsafe tools only and runs what is approved', async () => {
    const approve = vi.fn<(...args: unknown[]) => Promise<Value>>().mockResolvedValue(true)
    const run = new FakeRun(
      [asksFor(['mail', { to: 'ada' }], ['add', { a: 1, b: 1 }]), says('ok')],
      { mail, add },
    )
    const result = await run.execute(
      await run.create({ name: 'clerk', tools: ['mail', 'add'], approve }),
      'x',
    )
    expect(approve.mock.calls).toEqual([
      [{ id: 'call_1', name: 'mail', input: { to: 'ada' }, agent: 'clerk' }],
    ])
    expect(result.tool_calls.map((row) => row.result)).toEqual(['sent', 2])
  })

  it.each([
    [false, 'no reason was given'],
    ['not on Sundays', 'not on Sundays'],
    [null, 'no reason was given'],
  ])('answers %j without running the tool', async (said, reason) => {
    const spy = vi.fn<() => Value>()
    const run = new FakeRun([asksFor(['mail', {}]), says('ok')], { mail: { ...mail, run: spy } })
    const agent = await run.create({ tools: ['mail'], approve: async () => said })
    const result = await run.execute(agent, 'x')
    expect(spy).not.toHaveBeenCalled()
    expect(result.tool_calls[0]!.error).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining(reason) as string,
    })
  })
})

describe('other models', () => {
  it('asks the next one on an outage', async () => {
    const run = new FakeRun([failing('PROVIDER_FAILED', { kind: 'server' }), says('from b')])
    const agent = await run.create({ model: 'fake/a', fallback: ['fake/b'] })
    const result = await run.execute(agent, 'x')
    expect(result.metadata.model).toBe('fake/b')
    expect(run.requests.map(({ spec }) => spec)).toEqual(['fake/a', 'fake/b'])
    expect(run.logs).toHaveLength(1)
  })

  it('does not ask the next one for other failures, nor after the first word', async () => {
    const refused = new FakeRun([failing('PROVIDER_FAILED', { kind: 'request' })])
    const config = { model: 'fake/a', fallback: ['fake/b'] }
    await expect(refused.execute(await refused.create(config), 'x')).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
    })
    const cut = new FakeRun([[{ type: 'text', text: 'Hal' }]])
    await expect(cut.execute(await cut.create(config), 'x')).rejects.toThrow('it broke off')
    expect(cut.requests).toHaveLength(1)
  })

  it('leaves out an unknown model where another remains', async () => {
    const run = new FakeRun([says('x')])
    const agent = await run.create({ model: 'fake/unknown', fallback: ['fake/b'] })
    expect(agent.fields['model']).toBe('fake/b')
    await expect(run.create({ model: 'fake/unknown' })).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
    })
    await expect(run.create({ model: 'fake/a', fallback: ['invalid'] })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    })
  })
})
