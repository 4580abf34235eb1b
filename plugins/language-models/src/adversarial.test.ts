import { unfenced } from '@llmspell/sdk'
import type { ModelChunk, ModelRequest } from '@llmspell/sdk'
import { cpuMs } from '@llmspell/sdk/testing'
import { describe, expect, test } from 'vitest'
import { failureOf } from './failures.ts'
import { mended } from './mend/chunks.ts'
import { mendedObject } from './mend/json.ts'
import { withTexts } from './mend/response.ts'
import { callsIn, taggedIn } from './mend/written.ts'
import { toldBy } from './told.ts'
import { toolCall } from './tool-call.ts'

const LENGTH = 200_000
const tools = [{ name: 'sum', description: 'Adds.', input: { type: 'object', required: ['a'] } }]
const request: ModelRequest = { messages: [], tools }
const model = { provider: 'lab', model: 'm' }
const rules = {
  provider: 'lab',
  baseUrl: 'http://127.0.0.1:1/v1',
  create: () => Promise.reject(new Error('not asked')),
}
const finish: ModelChunk = {
  type: 'finish',
  reason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1 },
}

/** Beginnings and what is said again and again after them. */
const TEXTS = ['', '```', '<tool_call>', '<think>', '{"name": "sum', '"name":', 'data:'].flatMap(
  (start) =>
    [
      '\n',
      ' ',
      '.',
      '. ',
      '`',
      '```',
      '"',
      '\\',
      '{',
      '[',
      '{"a":',
      '{}',
      ',',
      ', ',
      '<',
      '<tool_call>',
      '<tool_call>x</tool_call>',
      '<function_call>',
      '</think>',
      '"name":',
      'exceeds ',
      'model ',
      'context length ',
      'input length ',
      'exceeded your current quota ',
      'api key ',
      '"arguments":',
      '\u2028',
      '1',
      'a',
    ].map((again) => start + again.repeat(LENGTH / again.length) + 'x'),
)

async function timeOf(read: (text: string) => unknown): Promise<number> {
  let longest = 0
  for (const text of TEXTS) {
    const started = cpuMs()
    await read(text)
    longest = Math.max(longest, cpuMs() - started)
  }
  return longest
}

const inPieces = (text: string): ModelChunk[] =>
  (text.match(/.{1,1000}/gs) ?? []).map((piece) => ({ type: 'text', text: piece }))
const broken = (raw: string): ModelChunk => ({
  type: 'tool_call_invalid',
  id: '1',
  name: 'sum',
  raw,
  problem: 'broken',
})

const READERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['a text', (text) => mended([{ type: 'text', text }, finish], request)],
  ['a text in pieces', (text) => mended([...inPieces(text), finish], request)],
  ['broken arguments', (text) => mended([broken(text), finish], request)],
  ['an object', mendedObject],
  ['a fence', (text) => [unfenced(text), unfenced(`${text}\`\`\``)]],
  ['written calls', (text) => [callsIn(text, tools), taggedIn(text, tools)]],
  [
    'a call',
    (input) => toolCall({ toolCallId: '1', toolName: 'sum', input }, tools, input.slice(1)),
  ],
  ['an error', (text) => failureOf(new Error(text, { cause: new Error(text) }), model, rules)],
  [
    'a lost connection',
    (text) => failureOf(Object.assign(new Error(text), { code: 'ECONNRESET' }), model, rules),
  ],
  ['an error in a stream', (message) => failureOf({ message, code: message }, model, rules)],
  [
    'the body of an error',
    (message) =>
      failureOf(
        Object.assign(new Error('No.'), {
          statusCode: 400,
          responseBody: JSON.stringify({ error: { message, code: message, type: message } }),
        }),
        model,
        rules,
      ),
  ],
  ['a raw body', (responseBody) => toldBy(Object.assign(new Error('No.'), { responseBody }))],
  [
    'headers',
    (text) => toldBy(Object.assign(new Error('No.'), { responseHeaders: { 'retry-after': text } })),
  ],
  ['a delay', (text) => toldBy({ details: [{ retryDelay: text }] } as object)],
  ['a stream', async (text) => (await withTexts(new Response(text), true)).text()],
  ['an answer', async (text) => (await withTexts(new Response(text), false)).text()],
]

describe('200,000 characters are read at once, as', () => {
  test.each(READERS)('%s', async (_, read) => {
    expect(await timeOf(read)).toBeLessThan(200)
  })
})

test('arguments beyond 256 KiB are not mended', () => {
  const raw = `{"a": "${'b'.repeat(256 * 1024)}",}`
  expect(mended([broken(raw)], request)).toEqual([broken(raw)])
})

test('20,000 written calls are a text', () => {
  const text = '<tool_call>x</tool_call>'.repeat(20_000)
  expect(mended([{ type: 'text', text }, finish], request)).toEqual([
    { type: 'text', text },
    finish,
  ])
})
