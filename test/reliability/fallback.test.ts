import type { AnswerChunk } from '@llmspell/models'
import type { HandleRef } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServerReply } from '../support/openai-server.ts'
import { failureOf, Line } from './line.ts'

let line: Line
beforeAll(async () => {
  line = await Line.open({ retry: { max_attempts: 1 }, breaker: { failures: 1000 } })
})
afterAll(() => line[Symbol.asyncDispose]())

const BOTH = ['openai/gpt-4o-mini', 'other/second']

/** The first model fails, the second is well. */
function firstFails(reply: ServerReply): void {
  line.behave((_index, { model }) => (model === 'second' ? { text: 'Here is the second.' } : reply))
}

const asked = () => line.server.requests.map(({ body }) => body['model'])

const PASSED: readonly (readonly [string, ServerReply])[] = [
  ['rate', { status: 429, headers: { 'retry-after': '0' } }],
  [
    'quota',
    {
      status: 429,
      error: { message: 'Pay.', code: 'insufficient_quota', type: 'insufficient_quota' },
    },
  ],
  ['server', { status: 500 }],
  ['malformed', { raw: '{"choices": [' }],
  ['model', { status: 404, error: { message: 'No such model.', code: 'model_not_found' } }],
  ['auth', { status: 401 }],
]

const GRAVE: readonly (readonly [string, ServerReply])[] = [
  ['request', { status: 400, error: { message: 'What?' } }],
  ['context', { status: 400, error: { message: 'Too long.', code: 'context_length_exceeded' } }],
]

const agent = (config: object) =>
  line.act(async (context) => {
    const handle = (await context.call('Agent', 'create', [config])) as HandleRef
    return (await context.call('Agent', 'Agent.execute', ['Hello'], { handle })) as {
      readonly text: string
      readonly metadata: { readonly model: string; readonly provider: string }
    }
  })

describe.each(PASSED)('a failure of kind %s', (_kind, reply) => {
  test.each(['generate', 'stream'] as const)('lets the next model answer (%s)', async (way) => {
    firstFails(reply)
    const models = { models: BOTH }
    const finish =
      way === 'generate' ? await line.generate(models) : (await line.stream(models)).at(-1)
    expect(finish).toMatchObject({ model: 'other/second', provider: 'other' })
    expect(asked()).toEqual(['gpt-4o-mini', 'second'])
  })

  test.each([{ models: BOTH }, { model: BOTH[0], fallback: [BOTH[1]] }])(
    'lets the next model of an agent answer (%o)',
    async (config) => {
      firstFails(reply)
      const { text, metadata } = await agent(config)
      expect(text).toBe('Here is the second.')
      expect(metadata).toMatchObject({ model: 'other/second', provider: 'other' })
    },
  )
})

test.each(GRAVE)('a failure of kind %s is one of the question', async (kind, reply) => {
  firstFails(reply)
  expect(await failureOf(line.generate({ models: BOTH }))).toMatchObject({ details: { kind } })
  expect(await failureOf(agent({ models: BOTH }))).toMatchObject({ details: { kind } })
  expect(asked()).toEqual(['gpt-4o-mini', 'gpt-4o-mini'])
})

test('a server that cannot be reached lets the next model answer', async () => {
  firstFails({})
  const models = ['dead/model', BOTH[1]]
  expect(await line.generate({ models })).toMatchObject({ model: 'other/second' })
  expect((await agent({ models })).metadata).toMatchObject({ model: 'other/second' })
})

test('a stream that breaks off before its first word lets the next model answer', async () => {
  firstFails({ text: 'one two', cutAfter: 0 })
  expect((await line.stream({ models: BOTH })).at(-1)).toMatchObject({ model: 'other/second' })
})

test('after the first word no other model is asked', async () => {
  firstFails({ text: 'one two three', hold: new Promise(() => {}) })
  const chunks: AnswerChunk[] = []
  const first = { model: BOTH[0], timeouts: { between: 80 } }
  const error = await failureOf(line.stream({ models: [first, BOTH[1]] }, chunks))
  expect(error).toMatchObject({ details: { kind: 'timeout' } })
  expect(chunks).toHaveLength(1)
  expect(asked()).toEqual(['gpt-4o-mini'])
})

test('the last failure is told where none can answer', async () => {
  line.behave((_index, { model }) => ({ status: model === 'second' ? 503 : 429 }))
  expect(await failureOf(line.generate({ models: BOTH }))).toMatchObject({
    details: { provider: 'other', kind: 'server', status: 503 },
  })
})
