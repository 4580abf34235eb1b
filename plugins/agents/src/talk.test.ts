import { SpellError } from '@llmspell/sdk'
import type { HandleRef, ModelChunk, Value } from '@llmspell/sdk'
import { describe, expect, it } from 'vitest'
import { textOf } from './messages.ts'
import { asksFor, failing, FakeRun, says } from './testing/fake-run.ts'
import type { AgentResult } from './result.ts'

const sent = (run: FakeRun, i: number): readonly string[] =>
  run.requests[i]!.request.messages.map(textOf)
const add = { run: () => 7 }

describe('a stop condition', () => {
  it('is a tool that was called', async () => {
    const run = new FakeRun([asksFor(['add', {}], ['done', {}])], { add, done: add })
    const agent = await run.create({ tools: ['add', 'done'], stop_when: { tool: 'done' } })
    const result = await run.execute(agent, 'x')
    expect(result).toMatchObject({ finish_reason: 'stop_when', metadata: { steps: 1 } })
    expect(result.tool_calls.map(({ name }) => name)).toEqual(['add', 'done'])
  })

  it.each(['create', 'execute'])('is none of a tool that is not there: %s', async (when) => {
    const run = new FakeRun([], { add })
    const rule = { stop_when: { tool: 'ad' } }
    const agent = when === 'create' ? undefined : await run.create({ tools: ['add'] })
    const made = agent ? run.execute(agent, 'x', rule) : run.create({ tools: ['add'], ...rule })
    await expect(made).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
      hint: "Did you mean 'add'?",
    })
  })

  it('is no tool that failed', async () => {
    const done = {
      run: () => {
        throw new SpellError('TOOL_FAILED', 'No.')
      },
    }
    const run = new FakeRun([asksFor(['done', {}]), says('Well.')], { done })
    const agent = await run.create({ tools: ['done'], stop_when: { tool: 'done' } })
    expect(await run.execute(agent, 'x')).toMatchObject({ text: 'Well.', finish_reason: 'stop' })
  })

  it('is a text: then tools are not run, and none is left without a result', async () => {
    const said: ModelChunk = { type: 'text', text: 'FINAL: it is 7.' }
    let ran = 0
    const run = new FakeRun([[said, ...asksFor(['add', {}])], says('more')], {
      add: { run: () => ++ran },
    })
    const config = { tools: ['add'], memory: true, stop_when: { text: 'FINAL*7' } }
    const agent = await run.create(config)
    const result = await run.execute(agent, 'x')
    expect(result).toMatchObject({ text: 'FINAL: it is 7.', finish_reason: 'stop_when' })
    expect(ran).toBe(0)
    await run.execute(agent, 'Go on')
    const parts = run.requests[1]!.request.messages.flatMap(({ content }) => content)
    expect(parts.map(({ type }) => type)).toContain('tool_result')
  })

  it('is a function of the step', async () => {
    const seen: Value[] = []
    const stop_when = async (step: Value) => (seen.push(step), seen.length === 2)
    const run = new FakeRun([asksFor(['add', {}]), asksFor(['add', {}])], { add })
    const agent = await run.create({ tools: ['add'] })
    const result = await run.execute(agent, 'x', { stop_when })
    expect(result).toMatchObject({ finish_reason: 'stop_when', metadata: { steps: 2 } })
    expect(seen[0]).toMatchObject({ number: 1, text: '', cost: 0, tool_calls: [{ result: 7 }] })
  })
})

describe('a handoff', () => {
  const pair = async (run: FakeRun, boss: object = {}): Promise<HandleRef> => {
    await run.create({ name: 'sales', description: 'Sells.', system_prompt: 'Sell.' })
    return run.create({ name: 'boss', system_prompt: 'Route.', handoffs: ['sales'], ...boss })
  }
  const transfer = asksFor(['transfer_to_sales', { reason: 'a sale' }])

  it('passes the conversation on, and says who answered', async () => {
    const run = new FakeRun([transfer, says('Two lamps, please pay.')])
    const agent = await pair(run)
    const result = await run.execute(agent, 'I want lamps')
    expect(result).toMatchObject({ text: 'Two lamps, please pay.', agent: 'sales' })
    expect(sent(run, 1)).toEqual(['Sell.', 'I want lamps', '', ''])
    expect(result.steps.map(({ agent: who }) => who)).toEqual(['boss', 'sales'])
    expect(await run.call('Agent.state', [], agent)).toBe('ready')
  })

  it('is a chunk of the stream', async () => {
    const run = new FakeRun([transfer, says('ok')])
    const chunks = await run.read(await pair(run), 'x')
    const [chunk] = chunks.filter(({ type }) => type === 'handoff')
    expect(chunk).toEqual({ type: 'handoff', text: '', from: 'boss', to: 'sales' })
  })

  it('goes to one agent of a step only', async () => {
    const both = asksFor(['transfer_to_sales', {}], ['transfer_to_help', {}])
    const run = new FakeRun([both, says('ok')])
    const help = await run.create({ name: 'help' })
    const result = await run.execute(await pair(run, { handoffs: ['sales', help] }), 'x')
    expect(result.agent).toBe('sales')
    expect(result.tool_calls.map(({ error }) => error?.code)).toEqual([undefined, 'AGENT_TOO_DEEP'])
  })

  it('does not go round without end', async () => {
    const back = asksFor(['transfer_to_boss', {}])
    const run = new FakeRun([transfer, back, transfer, says('Enough.')])
    await run.create({ name: 'sales', handoffs: ['boss'] })
    const boss = await run.create({ name: 'boss', handoffs: ['sales'], max_depth: 2 })
    const result = await run.execute(boss, 'x')
    expect(result).toMatchObject({ text: 'Enough.', agent: 'boss' })
    expect(result.tool_calls[2]!.error?.code).toBe('AGENT_TOO_DEEP')
  })

  it('acts under the grants of the one that goes on', async () => {
    const tool = { run: () => 1, permissions: { read: ['./docs'] } }
    const run = new FakeRun([transfer, asksFor(['look', {}]), says('ok')], { look: tool })
    await run.create({ name: 'sales', tools: ['look'] })
    await run.execute(await run.create({ name: 'boss', handoffs: ['sales'] }), 'x')
    const call = run.passed.find((row) => row.call === 'Tool.execute')!
    expect(call.actors).toEqual([{ kind: 'agent', name: 'sales' }])
    expect(call.grants).toEqual([{ holder: "agent 'sales'", allow: { read: ['./docs'] } }])
  })

  it('needs an agent of that name', async () => {
    const run = new FakeRun([])
    const agent = await run.create({ handoffs: ['salse'] })
    await run.create({ name: 'sales' })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      hint: "Did you mean 'sales'?",
    })
  })
})

describe('a memory with a summary', () => {
  const long = (text: string): string => text.repeat(40)
  const memory = { tokens: 200, strategy: 'summary' }

  it('asks the own model, which counts and shows', async () => {
    const run = new FakeRun([says(long('one ')), says(long('two ')), says('Lamps.'), says('ok')])
    const agent = await run.create({ memory, system_prompt: 'Be brief.' })
    await run.execute(agent, long('first '))
    await run.execute(agent, long('second '))
    const result = await run.execute(agent, 'third')
    expect(sent(run, 2)[1]).toContain('user: first')
    expect(run.requests[2]!.request.maxTokens).toBe(50)
    expect(sent(run, 3)[0]).toBe('Be brief.')
    expect(sent(run, 3)[1]).toBe('Summary of what was said before:\nLamps.')
    expect(sent(run, 3).join()).not.toContain('first')
    expect(result.steps.map(({ purpose }) => purpose)).toEqual(['summary', undefined])
    expect(result.metadata).toMatchObject({ steps: 2, token_count: 30 })
  })

  it('forgets where no summary can be had', async () => {
    const broken = failing('PROVIDER_FAILED', { kind: 'request' })
    const run = new FakeRun([says(long('one ')), says(long('two ')), broken, says('ok')])
    const agent = await run.create({ memory })
    await run.execute(agent, long('first '))
    await run.execute(agent, long('second '))
    expect((await run.execute(agent, 'third')).text).toBe('ok')
    expect(sent(run, 3).join()).not.toContain('first')
    expect(run.logs.join()).toContain('was cut without a summary')
  })
})

describe('calls of one step', () => {
  it('end with the one that ends the agent', async () => {
    const seen: string[] = []
    const slow = {
      run: (_: Value, signal: AbortSignal) =>
        new Promise<Value>((_done, fail) => {
          signal.addEventListener('abort', () => {
            seen.push('slow ended')
            fail(signal.reason as Error)
          })
        }),
    }
    const broke = {
      run: () => {
        throw new SpellError('BUDGET_EXCEEDED', 'Nothing is left.')
      },
    }
    const run = new FakeRun([asksFor(['slow', {}], ['broke', {}])], { slow, broke })
    const agent = await run.create({ tools: ['slow', 'broke'] })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
    expect(seen).toEqual(['slow ended'])
  })

  it('show a small model the schema of what it called wrongly', async () => {
    const wrong: ModelChunk = {
      type: 'tool_call_invalid',
      id: 'c',
      name: 'add',
      raw: '{"a": ',
      problem: 'it breaks off',
    }
    let ran = 0
    const input = { type: 'object', properties: { a: { type: 'number' } } }
    const run = new FakeRun([[wrong, ...asksFor().slice(-1)], says('ok')], {
      add: { input, run: () => ++ran },
    })
    await run.execute(await run.create({ tools: ['add'] }), 'x')
    expect(ran).toBe(0)
    const [part] = run.requests[1]!.request.messages.at(-1)!.content
    expect(part).toMatchObject({ failed: true })
    expect((part as { text: string }).text).toContain(JSON.stringify(input))
  })
})

describe('what a model must be sent back', () => {
  it('is kept across the steps, in its order', async () => {
    const first: ModelChunk[] = [
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'think.' },
      { type: 'reasoning', text: '', meta: { signature: 's1' } },
      { type: 'reasoning', text: 'More.', meta: { signature: 's2' } },
      { type: 'text', text: 'I ' },
      { type: 'text', text: 'add.' },
      { type: 'tool_call', id: 'a', name: 'add', input: {}, meta: { thought: 't' } },
    ]
    const run = new FakeRun([[...first, ...asksFor().slice(-1)], says('7')], { add })
    await run.execute(await run.create({ tools: ['add'] }), 'x')
    expect(run.requests[1]!.request.messages[1]!.content).toEqual([
      { type: 'reasoning', text: 'Let me think.', meta: { signature: 's1' } },
      { type: 'reasoning', text: 'More.', meta: { signature: 's2' } },
      { type: 'text', text: 'I add.' },
      { type: 'tool_call', id: 'a', name: 'add', input: {}, meta: { thought: 't' } },
    ])
  })
})

describe('a pause', () => {
  it('holds the next step back', async () => {
    const run = new FakeRun([says('ok')])
    const agent = await run.create()
    await run.call('Agent.pause', [], agent)
    const answer = run.execute(agent, 'x')
    await new Promise(setImmediate)
    expect(await run.call('Agent.state', [], agent)).toBe('paused')
    expect(run.requests).toHaveLength(0)
    await run.call('Agent.resume', [], agent)
    expect((await answer).text).toBe('ok')
    expect(await run.call('Agent.state', [], agent)).toBe('ready')
  })

  it('ends with cancel', async () => {
    const run = new FakeRun([])
    const agent = await run.create()
    await run.call('Agent.pause', [], agent)
    const answer = run.execute(agent, 'x')
    await new Promise(setImmediate)
    await run.call('Agent.cancel', [], agent)
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('a budget that is used up', () => {
  it('gives what was said last', async () => {
    const said: ModelChunk = { type: 'text', text: 'I add.' }
    const asks = asksFor(['add', {}])
    const run = new FakeRun([[said, ...asks], asks], { add })
    const agent = await run.create({ tools: ['add'], budget: { max_steps: 2 } })
    await expect(run.execute(agent, 'x')).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { limit: 'max_steps', text: 'I add.' },
    })
  })
})

describe('options and configuration', () => {
  it('hand pieces to on_chunk, in order', async () => {
    const seen: string[] = []
    const on_chunk = async (chunk: { type: string }) => void seen.push(chunk.type)
    const run = new FakeRun([asksFor(['add', {}]), says('ok')], { add })
    await run.execute(await run.create({ tools: ['add'] }), 'x', { on_chunk })
    expect(seen).toEqual(['step', 'tool_call', 'tool_result', 'text', 'step'])
  })

  it('show the default model', async () => {
    const run = new FakeRun()
    expect(await run.call('Agent.config', [], await run.create({ name: 'a' }))).toEqual({
      name: 'a',
      model: 'fake/demo',
    })
  })

  it('refuse persist and say what it needs', async () => {
    const run = new FakeRun()
    await expect(run.create({ persist: true })).rejects.toMatchObject({
      code: 'NOT_AVAILABLE',
      hint: expect.stringContaining("'state'") as string,
    })
    expect(await run.create({ persist: false })).toMatchObject({ type: 'Agent' })
  })

  it('refuse media without the plugin', async () => {
    const run = new FakeRun([])
    await expect(
      run.execute(await run.create(), { image: { base64: 'AAAA' } }),
    ).rejects.toMatchObject({ code: 'NOT_AVAILABLE' })
  })

  it('tell the cost of every step', async () => {
    const run = new FakeRun([says('ok', 0.25)])
    const { steps }: AgentResult = await run.execute(await run.create(), 'x')
    expect(steps).toEqual([
      {
        number: 1,
        agent: 'agent-1',
        model: 'fake/demo',
        finish_reason: 'stop',
        usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
        cost: 0.25,
      },
    ])
  })
})
