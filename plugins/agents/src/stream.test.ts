import { SpellError } from '@llmspell/sdk'
import type { HandleRef, ModelChunk, Value } from '@llmspell/sdk'
import { describe, expect, it } from 'vitest'
import { asksFor, FakeRun, says } from './testing/fake-run.ts'
import type { Script } from './testing/fake-run.ts'

type Chunk = { readonly type: string; readonly text: string }

const open = (run: FakeRun, agent: HandleRef, options?: object): Promise<AsyncIterable<Chunk>> =>
  run.call('Agent.stream', ['x', options], agent)

/** A model that says a word each time it is pulled, and notes what happens to it. */
function endless(seen: string[]): Script {
  return async function* (_, signal): AsyncGenerator<ModelChunk> {
    signal.addEventListener('abort', () => seen.push('aborted'))
    try {
      for (let i = 1; ; i++) {
        seen.push(`word ${i}`)
        yield { type: 'text', text: `${i} ` }
      }
    } finally {
      seen.push('closed')
    }
  }
}

/** A model that never answers. */
const silent: Script = (_, signal) => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      new Promise((_done, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason as Error))
      }),
  }),
})

describe('a stream', () => {
  it('hands out every kind of chunk, each with type and text', async () => {
    const thinks: ModelChunk = { type: 'reasoning', text: 'Hm.' }
    const run = new FakeRun([[thinks, ...asksFor(['add', { a: 1 }])], says('ok')], {
      add: { run: () => 7 },
    })
    const chunks = await run.read(await run.create({ tools: ['add'] }), 'x')
    expect(chunks.map(({ type }) => type)).toEqual([
      'reasoning',
      'step',
      'tool_call',
      'tool_result',
      'text',
      'step',
      'finish',
    ])
    expect(chunks.every(({ text }) => typeof text === 'string')).toBe(true)
    expect(chunks[1]).toEqual({
      type: 'step',
      text: '',
      number: 1,
      agent: 'agent-1',
      model: 'fake/demo',
      finish_reason: 'tool_calls',
      cost: 0,
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    })
    expect(chunks[2]).toEqual({
      type: 'tool_call',
      text: '',
      id: 'call_1',
      name: 'add',
      input: { a: 1 },
    })
    expect(chunks[3]).toEqual({
      type: 'tool_result',
      text: '',
      id: 'call_1',
      name: 'add',
      result: 7,
    })
    expect(chunks[6]).toMatchObject({ result: { text: 'ok', metadata: { steps: 2 } } })
  })

  it('gives the first chunk before the model has ended, and pulls no further than its reader', async () => {
    const seen: string[] = []
    const run = new FakeRun([endless(seen)])
    const chunks = (await open(run, await run.create()))[Symbol.asyncIterator]()
    expect(seen).toEqual([])
    expect((await chunks.next()).value).toEqual({ type: 'text', text: '1 ' })
    expect(seen).toEqual(['word 1'])
    await chunks.return!()
  })

  it('stops the model when its reader leaves', async () => {
    const seen: string[] = []
    const run = new FakeRun([endless(seen)])
    const agent = await run.create()
    for await (const _ of await open(run, agent)) break
    expect(seen).toEqual(['word 1', 'aborted', 'closed'])
    expect(await run.call('Agent.state', [], agent)).toBe('ready')
    expect(run.events.at(-1)).toMatchObject({
      point: 'agent.done',
      payload: { ok: false, error: { code: 'CANCELLED' } },
    })
  })

  it('is counted before its agent says so, though nobody waits for the end', async () => {
    const run = new FakeRun([endless([])])
    const agent = await run.create()
    const chunks = (await open(run, agent))[Symbol.asyncIterator]()
    await chunks.next()
    const left = chunks.return!()
    expect(await run.call('Agent.usage', [], agent)).toMatchObject({ requests: 1, failed: 0 })
    await left
  })

  it('stops the model when its reader leaves while a chunk is awaited', async () => {
    const run = new FakeRun([silent])
    const agent = await run.create()
    const chunks = (await open(run, agent))[Symbol.asyncIterator]()
    const pending = chunks.next()
    await Promise.resolve()
    await Promise.all([
      expect(pending).rejects.toMatchObject({ code: 'CANCELLED' }),
      chunks.return!(),
    ])
    expect(await run.call('Agent.state', [], agent)).toBe('ready')
    expect(await run.call<{ failed: number }>('Agent.usage', [], agent)).toMatchObject({
      failed: 0,
    })
  })

  it('raises a failure after the chunks before it', async () => {
    const broken: Script = async function* (): AsyncGenerator<ModelChunk> {
      yield { type: 'text', text: 'Hal' }
      throw new SpellError('PROVIDER_FAILED', 'Gone.', { details: { retryable: true } })
    }
    const run = new FakeRun([broken])
    const agent = await run.create()
    const chunks = (await open(run, agent))[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toMatchObject({ text: 'Hal' })
    await expect(chunks.next()).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    expect(await run.call('Agent.state', [], agent)).toBe('failed')
  })
})

describe('an end from outside', () => {
  it('is CANCELLED by the agent', async () => {
    const run = new FakeRun([silent])
    const agent = await run.create({ name: 'poet' })
    const answer = run.execute(agent, 'x')
    await new Promise(setImmediate)
    expect(await run.call('Agent.state', [], agent)).toBe('running')
    expect(await run.call('Agent.cancel', [], agent)).toBe(1)
    await expect(answer).rejects.toMatchObject({
      code: 'CANCELLED',
      message: "Agent 'poet' was cancelled.",
    })
  })

  it('is CANCELLED by the run', async () => {
    const run = new FakeRun([silent])
    const answer = run.execute(await run.create(), 'x')
    await new Promise(setImmediate)
    run.cancel()
    await expect(answer).rejects.toMatchObject({
      code: 'CANCELLED',
      message: 'The run was cancelled.',
    })
  })

  it('is TIMEOUT of the option, also inside a tool', async () => {
    const hang = { run: () => new Promise<Value>(() => undefined) }
    const run = new FakeRun([silent, asksFor(['hang', {}])], { hang })
    const agent = await run.create({ tools: ['hang'] })
    await expect(run.execute(agent, 'x', { timeout: '5ms' })).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
    await expect(run.execute(agent, 'x', { timeout: 5 })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('is BUDGET_EXCEEDED of max_time', async () => {
    const run = new FakeRun([silent])
    const agent = await run.create({ budget: { max_time: '5ms' } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      message: expect.stringContaining('at most 5 ms, found 5 ms.') as string,
      details: { limit: 'max_time', max: 5 },
    })
  })

  it('is AGENT_CLOSED after close', async () => {
    const run = new FakeRun([silent])
    const agent = await run.create({ name: 'poet' })
    const answer = run.execute(agent, 'x')
    await new Promise(setImmediate)
    await run.call('Agent.close', [], agent)
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({ code: 'AGENT_CLOSED' })
    expect(await run.call('Agent.state', [], agent)).toBe('closed')
    expect(await run.call('exists', ['poet'])).toBe(false)
    expect(await run.create({ name: 'poet' })).toMatchObject({ type: 'Agent' })
  })
})
