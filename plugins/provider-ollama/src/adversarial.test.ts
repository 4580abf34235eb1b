import type { HttpResponse, ModelChunk } from '@llmspell/sdk'
import { cpuMs } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import { ReplyReader } from './chunks.ts'
import { failureOf, refused } from './failures.ts'

const LENGTH = 200_000
const model = { provider: 'ollama', model: 'm' }
const request = { messages: [] }
const none = (): undefined => undefined
const logger = { trace: none, debug: none, info: none, error: none, warn: none }
const line = { model, options: { signal: new AbortController().signal, logger } }
const BROKEN = "error parsing tool call: raw='"

const TEXTS = [
  '. ',
  '.',
  ' ',
  '\n',
  'exceeds ',
  'model ',
  'not found ',
  'does not support ',
  BROKEN,
  "', err=",
  '1',
  'a',
].flatMap((again) => ['', BROKEN].map((start) => start + again.repeat(LENGTH / again.length) + 'x'))

const response = (header: string): HttpResponse =>
  ({
    status: 400,
    statusText: '',
    url: '',
    headers: { 'retry-after': header },
    body: ReadableStream.from([]),
    text: () => Promise.resolve(''),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }) as unknown as HttpResponse

function broken(text: string): readonly ModelChunk[] | undefined {
  try {
    return new ReplyReader(model, request).read({ error: text })
  } catch {
    return undefined
  }
}

test.each([
  ['a line with an error', broken],
  ['the body of an error', (text: string) => refused(response('1'), `{"error": "${text}"}`, model)],
  ['a raw body', (text: string) => refused(response(text), text, model)],
  ['an error', (text: string) => failureOf(new Error(text), line)],
  [
    'a call',
    (text: string) => {
      const reader = new ReplyReader(model, request)
      const call = { function: { name: 'sum', arguments: text } }
      return reader.read({ message: { content: text, thinking: text, tool_calls: [call] } })
    },
  ],
])('200,000 characters are read at once, as %s', (_, read) => {
  for (const text of TEXTS) {
    const started = cpuMs()
    read(text)
    expect(cpuMs() - started).toBeLessThan(200)
  }
})

test('what a server says is cut short, also of a call that it could not read', () => {
  expect(failureOf(new Error('a'.repeat(LENGTH)), line).message.length).toBeLessThan(2200)
  expect(broken(`${BROKEN}{"a"', err=no`)).toMatchObject([
    { type: 'tool_call_invalid', raw: '{"a"', problem: expect.stringContaining(': no') },
    { reason: 'tool_calls' },
  ])
  const [call] = broken(BROKEN + 'a'.repeat(LENGTH)) ?? []
  expect(call).toMatchObject({ type: 'tool_call_invalid', raw: expect.stringMatching(/^a+$/) })
})

test.each([
  ['-5', 0],
  ['0', 0],
  ['1.5', 1500],
  ['Infinity', undefined],
  ['soon', undefined],
  ['', undefined],
])('a wait of %j is %j', (header, ms) => {
  const { details } = refused(response(header), '', model)
  expect((details as { readonly retry_after_ms?: number }).retry_after_ms).toBe(ms)
})

test('counts of a server are made possible ones', () => {
  const content = 'hello '.repeat(200)
  const reader = new ReplyReader(model, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }],
  })
  const reply = { message: { content }, done: true, prompt_eval_count: -1e9, eval_count: 0 }
  expect(reader.read(reply).at(-1)).toMatchObject({ usage: { inputTokens: 3, outputTokens: 75 } })
})
