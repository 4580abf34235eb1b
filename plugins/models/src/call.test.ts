import { cancel, modify, redirect, replace, retry as again, SpellError } from '@llmspell/sdk'
import type { ModelChunk, ModelRequest } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { generateAnswer, streamAnswer } from './stream.ts'
import { fakeHub, fakeProvider, finish } from './testing/fake-hub.ts'
import type { FakeOptions } from './testing/fake-hub.ts'
import { FakeRun } from './testing/fake-run.ts'
import type { AnswerChunk, ModelSpec } from './types.ts'

const env = { OPENAI_API_KEY: 'sk-secret' }
const retry = { base_ms: 0 }
const text = (word: string): ModelChunk => ({ type: 'text', text: word })
const busy = (details = {}) =>
  new SpellError('PROVIDER_FAILED', 'Busy: sk-secret', {
    details: { status: 429, retryable: true, ...details },
  })
const request: ModelRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
}

function ask(
  options: FakeOptions,
  run = new FakeRun(),
  spec: ModelSpec | undefined = 'openai/gpt-4o-mini',
) {
  const hub = fakeHub({ env, config: { retry }, ...options })
  const asked = { spec, request, context: run.context }
  return { run, generate: () => generateAnswer(hub, asked), stream: () => streamAnswer(hub, asked) }
}

async function read(chunks: AsyncIterable<AnswerChunk>, into: AnswerChunk[] = []) {
  for await (const chunk of chunks) into.push(chunk)
  return into
}

describe('an answer', () => {
  test('ends with what it cost and who gave it', async () => {
    const { run, stream } = ask({ provider: fakeProvider([text('a'), text('b'), finish]) })
    expect(await read(stream())).toEqual([
      text('a'),
      text('b'),
      {
        type: 'finish',
        reason: 'stop',
        usage: { inputTokens: 1000, outputTokens: 500, cost: 0.002 },
        model: 'openai/gpt-4o-mini',
        provider: 'openai',
        mock: false,
        attempts: 1,
      },
    ])
    expect(run.spent).toEqual([{ inputTokens: 1000, outputTokens: 500, cost: 0.002 }])
  })

  test('comes whole as well', async () => {
    const call: ModelChunk = { type: 'tool_call', id: '1', name: 't', input: {} }
    const { generate } = ask({ provider: fakeProvider([text('a'), text('b'), call, finish]) })
    expect(await generate()).toMatchObject({ text: 'ab', toolCalls: [call], reason: 'stop' })
  })

  test('is asked for with the options of the model, those of the request first', async () => {
    const provider = fakeProvider([finish])
    const spec = { model: 'openai/x', temperature: 1, seed: 7, settings: { a: 1 } }
    const hub = fakeHub({ env, provider })
    const asked = { ...request, temperature: 0, topP: undefined } as unknown as ModelRequest
    await generateAnswer(hub, { spec, request: asked, context: new FakeRun().context })
    const [settings, sent] = provider.calls[0]!
    expect(settings).toEqual({
      provider: 'openai',
      model: 'x',
      apiKey: 'sk-secret',
      settings: { a: 1 },
    })
    expect(sent).toEqual({ ...request, temperature: 0, seed: 7 })
  })

  test('is refused for media that the model does not take', async () => {
    const hub = fakeHub({ env, provider: fakeProvider([finish]) })
    const image = { type: 'file', mime: 'image/png', data: new Uint8Array() } as const
    const asked = { messages: [{ role: 'user', content: [image] }] } as const
    const { context } = new FakeRun()
    const work = generateAnswer(hub, { spec: 'openai/gpt-4o-mini', request: asked, context })
    await expect(work).rejects.toMatchObject({ code: 'MODEL_LACKS_CAPABILITY' })
  })
})

describe('a failure that may pass', () => {
  test('is tried again, and said', async () => {
    const provider = fakeProvider([busy({ retry_after_ms: 5 })], [text('a'), finish])
    const { run, stream } = ask({ provider })
    expect((await read(stream())).at(-1)).toMatchObject({ type: 'finish', attempts: 2 })
    expect(run.progress).toEqual([
      "model 'openai/gpt-4o-mini': waiting 5 ms after 429 (attempt 1 of 3)",
    ])
  })

  test('is raised after the last attempt, without the key', async () => {
    const provider = fakeProvider([busy()])
    const { generate } = ask({ provider })
    await expect(generate()).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'Busy: ***; 3 attempts were made.',
    })
    expect(provider.calls).toHaveLength(3)
  })

  test('is not tried again once a chunk was handed on', async () => {
    const provider = fakeProvider([text('a'), busy()])
    const chunks: AnswerChunk[] = []
    await expect(read(ask({ provider }).stream(), chunks)).rejects.toThrow('Busy')
    expect(chunks).toEqual([text('a')])
    expect(provider.calls).toHaveLength(1)
  })

  test('may be a stream without an end', async () => {
    const provider = fakeProvider([text('half')])
    await expect(read(ask({ provider }).stream())).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { kind: 'cut', retryable: true, partial: 'half' },
    })
    const whole = fakeProvider([text('half')], [text('all'), finish])
    expect(await ask({ provider: whole }).generate()).toMatchObject({ text: 'all', attempts: 2 })
  })

  test('gives each attempt a number, and a signal that lets go of it', async () => {
    const provider = fakeProvider([busy()], [finish], [finish])
    const { generate } = ask({ provider })
    await generate()
    await generate()
    const [first, second, third] = provider.calls.map(([, , options]) => options)
    expect([first, second, third].map((each) => each!.attempt)).toEqual([1, 2, 1])
    expect(first!.signal.aborted).toBe(true)
    expect(second!.signal).not.toBe(first!.signal)
  })
})

test('what a provider throws that is no error of ours is named after it', async () => {
  const { generate } = ask({ provider: fakeProvider([new TypeError('x is sk-secret')]) })
  await expect(generate()).rejects.toMatchObject({
    code: 'PROVIDER_FAILED',
    message: "Provider 'openai' failed: x is ***",
  })
})

describe('the end of the run', () => {
  const never = new Promise<unknown>(() => undefined)

  test('stops a provider that does not listen', async () => {
    const { run, generate } = ask({ provider: fakeProvider([text('a'), never]) })
    const work = generate()
    setTimeout(() => run.controller.abort(new SpellError('TIMEOUT', 'Too long.')), 10)
    await expect(work).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  test('ends the wait for the next attempt', async () => {
    const { run, generate } = ask({ provider: fakeProvider([busy({ retry_after_ms: 50_000 })]) })
    setTimeout(() => run.controller.abort(), 10)
    await expect(generate()).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('a reader that leaves stops the provider while a chunk is awaited', async () => {
    const provider = fakeProvider([text('a'), never])
    const reports: unknown[] = []
    const taps = { 'llm.done': (done: object) => void reports.push(done) }
    const iterator = ask({ provider, taps }).stream()[Symbol.asyncIterator]()
    await iterator.next()
    const pending = iterator.next().catch((error: SpellError) => error.code)
    await iterator.return!()
    expect(await pending).toBe('CANCELLED')
    expect(provider.calls[0]![2].signal.aborted).toBe(true)
    expect(reports).toMatchObject([{ ok: false, error: { code: 'CANCELLED' } }])
  })
})

describe('hooks', () => {
  test('llm.route sends a request to another model', async () => {
    const provider = fakeProvider([finish])
    const taps = { 'llm.route': () => ({ model: 'other/shared' }) }
    expect(await ask({ provider, taps }).generate()).toMatchObject({ model: 'other/shared' })
  })

  test('llm.request changes a request', async () => {
    const provider = fakeProvider([finish])
    const taps: FakeOptions['taps'] = {
      'llm.request': (payload) => modify({ ...payload, request: { ...payload.request, seed: 1 } }),
    }
    await ask({ provider, taps }).generate()
    expect(provider.calls[0]![1]).toMatchObject({ seed: 1 })
  })

  test('llm.chunk sees each chunk, llm.done the outcome', async () => {
    const seen: unknown[] = []
    const taps: FakeOptions['taps'] = {
      'llm.chunk': ({ chunk, actor }) => void seen.push([actor, chunk.type]),
      'llm.done': (done) => void seen.push(done),
    }
    const run = new FakeRun({}, [{ kind: 'agent', name: 'poet' }])
    await read(ask({ provider: fakeProvider([text('a'), finish]), taps }, run).stream())
    expect(seen.slice(0, 2)).toEqual([
      ["agent 'poet'", 'text'],
      ["agent 'poet'", 'finish'],
    ])
    expect(seen[2]).toMatchObject({ ok: true, attempts: 1, usage: { cost: 0.002 }, runId: 'run-1' })
  })

  test('llm.response changes an answer before anybody has seen a word of it', async () => {
    const order: string[] = []
    const taps: FakeOptions['taps'] = {
      'llm.response': ({ answer, ...event }) => {
        order.push(answer.text)
        return modify({
          ...event,
          answer: { ...answer, text: answer.text.replace('secret', '***') },
        })
      },
    }
    const { stream } = ask({ provider: fakeProvider([text('the '), text('secret'), finish]), taps })
    for await (const chunk of stream()) if (chunk.type === 'text') order.push(chunk.text)
    expect(order).toEqual(['the secret', 'the ***'])
  })
})

describe('what hooks decide', () => {
  const none = { inputTokens: 0, outputTokens: 0, cost: 0 }

  test('llm.request can answer itself: nothing is asked and nothing spent', async () => {
    const provider = fakeProvider([finish])
    const done: unknown[] = []
    const taps: FakeOptions['taps'] = {
      'llm.request': () => replace({ text: 'kept', reasoning: 'r' }),
      'llm.done': (event) => void done.push(event),
    }
    const { run, stream } = ask({ provider, taps })
    const facts = { model: 'openai/gpt-4o-mini', provider: 'openai', mock: false }
    expect(await read(stream())).toEqual([
      { type: 'reasoning', text: 'r' },
      text('kept'),
      {
        type: 'finish',
        reason: 'stop',
        usage: none,
        attempts: 0,
        replacedBy: 'tester',
        ...facts,
      },
    ])
    expect([provider.calls.length, run.spent]).toEqual([0, []])
    expect(done).toMatchObject([{ ok: true, attempts: 0, usage: none, replacedBy: 'tester' }])
  })

  test.each([7, null, [], { text: 7 }, { reason: 'x' }, { toolCalls: [{}] }, { media: [{}] }])(
    'an answer that is none is refused: %j',
    async (result) => {
      const taps = { 'llm.request': () => replace(result) }
      const work = ask({ provider: fakeProvider([finish]), taps }).generate()
      await expect(work).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
    },
  )

  test('a changed request is checked as if it had been asked', async () => {
    const taps: FakeOptions['taps'] = {
      'llm.request': (payload) => modify({ ...payload, request: { messages: 7 } }),
    }
    const work = ask({ provider: fakeProvider([finish]), taps }).generate()
    await expect(work).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })

  test.each(['llm.request', 'llm.response'] as const)('%s can cancel', async (point) => {
    const error = () => again()
    const taps = { [point]: () => cancel('no'), 'llm.error': error }
    const work = ask({ provider: fakeProvider([finish]), taps }).generate()
    await expect(work).rejects.toMatchObject({
      code: 'HOOK_CANCELLED',
      details: { hook: point, reason: 'no', by: 'tester' },
    })
  })

  test('llm.request can send it to another model, not for ever', async () => {
    const provider = fakeProvider([finish])
    const once: FakeOptions['taps'] = {
      'llm.request': ({ model }) =>
        model === 'openai/gpt-4o-mini' ? redirect('other/shared') : undefined,
    }
    expect(await ask({ provider, taps: once }).generate()).toMatchObject({ model: 'other/shared' })
    const round = { 'llm.request': () => redirect('other/shared') }
    const work = ask({ provider, taps: round }).generate()
    await expect(work).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })

  test('llm.response can have it asked again, each time paid for', async () => {
    const provider = fakeProvider([text('a'), finish])
    const seen: number[] = []
    const taps: FakeOptions['taps'] = {
      'llm.response': ({ attempt }) => {
        seen.push(attempt)
        return again()
      },
    }
    const { run, generate } = ask({ provider, taps })
    expect(await generate()).toMatchObject({ text: 'a' })
    expect([seen, provider.calls.length, run.spent.length]).toEqual([[1, 2, 3], 3, 3])
  })

  test('llm.response can answer instead; what was spent stays', async () => {
    const taps = { 'llm.response': () => replace('b') }
    const answer = await ask({ provider: fakeProvider([text('a'), finish]), taps }).generate()
    expect(answer).toMatchObject({ text: 'b', replacedBy: 'tester', usage: { cost: 0.002 } })
  })

  test('llm.response cannot change what an answer took or who gave it', async () => {
    const taps: FakeOptions['taps'] = {
      'llm.response': ({ answer, ...event }) =>
        modify({ ...event, answer: { ...answer, usage: none, model: 'x/y', text: 'c' } }),
    }
    const answer = await ask({ provider: fakeProvider([text('a'), finish]), taps }).generate()
    expect(answer).toMatchObject({
      text: 'c',
      model: 'openai/gpt-4o-mini',
      usage: { cost: 0.002 },
    })
  })

  const broken = () =>
    new SpellError('PROVIDER_FAILED', 'Broken.', { details: { retryable: false } })

  test('llm.error can have it asked again, answered or asked elsewhere', async () => {
    const over = (verdict: unknown, ...tries: (ModelChunk | Error)[][]) => {
      const provider = fakeProvider(...tries)
      return ask({ provider, taps: { 'llm.error': () => verdict } }).generate()
    }
    expect(await over(again(), [broken()], [text('a'), finish])).toMatchObject({ text: 'a' })
    expect(await over(replace('b'), [broken()])).toMatchObject({ text: 'b', usage: none })
    const other = over(redirect('other/shared'), [broken()], [text('c'), finish])
    expect(await other).toMatchObject({ text: 'c', model: 'other/shared' })
    await expect(over(undefined, [broken()])).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    await expect(over(again({ maxAttempts: 2 }), [broken()])).rejects.toThrow('Broken.')
  })

  test('llm.error is not asked once a reader has got something', async () => {
    const taps = { 'llm.error': () => replace('b') }
    const { stream } = ask({ provider: fakeProvider([text('a'), broken()]), taps })
    const chunks: AnswerChunk[] = []
    await expect(read(stream(), chunks)).rejects.toThrow('Broken.')
    expect(chunks).toEqual([text('a')])
  })
})

describe('people are told once per run', () => {
  test('that the mock answers', async () => {
    const { run, generate } = ask({ provider: fakeProvider([finish]), env: {} }, new FakeRun(), {})
    await generate()
    await generate()
    expect(run.logs).toEqual([
      "No model is configured: using the offline mock 'mock/demo'. " +
        'For a real one, set OPENAI_API_KEY, or say --model openai/gpt-4o-mini.',
    ])
  })

  test('that a model is not listed, and that a key stands in the script', async () => {
    const spec = { model: 'openai/new', api_key: 'sk-literal' }
    const { run, generate } = ask({ provider: fakeProvider([finish]) }, new FakeRun(), spec)
    await generate()
    expect(run.logs.join('\n')).toMatch(/not listed[\s\S]*literally/)
    expect(run.logs.join('\n')).not.toContain('sk-literal')
  })

  test('in each run that a model is not listed, and quietly at another address', async () => {
    const hub = fakeHub({ env, provider: fakeProvider([finish]) })
    const levels = async (base: object): Promise<string[]> => {
      const found: string[] = []
      const { context } = new FakeRun()
      const log: typeof context.log = ({ level }) => void found.push(level)
      const spec = { api_key: 'env:OPENAI_API_KEY', ...base } as ModelSpec
      const asked = { spec, request, context: { ...context, log } }
      await generateAnswer(hub, asked)
      await generateAnswer(hub, asked)
      return found
    }
    expect(await levels({ model: 'openai/new' })).toEqual(['warn'])
    expect(await levels({ model: 'openai/new' })).toEqual(['warn'])
    const there = { base_url: 'https://api.openai.com/v2' }
    expect(await levels({ model: 'openai/newer', ...there })).toEqual(['debug'])
  })
})
