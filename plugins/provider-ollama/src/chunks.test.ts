import { isSpellError } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplyReader } from './chunks.ts'
import type { Fields } from './wire.ts'

const model = { provider: 'ollama', model: 'm' }
const request = { messages: [] }

/** The types of the chunks of one reply, or the kind of its failure. */
function outcome(reply: Fields): readonly unknown[] {
  const reader = new ReplyReader(model, request)
  try {
    return reader.read(reply).map(({ type }) => type)
  } catch (error) {
    return isSpellError(error) ? [(error.details as { readonly kind: string }).kind] : [error]
  }
}

const KNOWN = [
  'text',
  'reasoning',
  'tool_call',
  'tool_call_invalid',
  'finish',
  'malformed',
  'server',
  'model',
  'context',
]

test('any JSON is read or refused', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const message = fc.record(
    { content: json, thinking: json, tool_calls: fc.oneof(json, fc.array(json)) },
    { requiredKeys: [] },
  )
  const reply = fc.record(
    {
      message: fc.oneof(json, message),
      done: json,
      done_reason: json,
      eval_count: json,
      error: json,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(reply, (fields) => {
      expect(KNOWN).toEqual(expect.arrayContaining([...outcome(fields)]))
    }),
    { numRuns: 500 },
  )
})

test.each([
  [{ message: null }, []],
  [{ message: [] }, ['malformed']],
  [{ message: { content: null, tool_calls: null } }, []],
  [{ message: { tool_calls: [null] } }, ['malformed']],
  [{ message: { tool_calls: [{}] } }, ['tool_call_invalid']],
  [{ message: { tool_calls: [{ function: { name: 'a', arguments: null } }] } }, ['tool_call']],
])('%j is %j', (reply, types) => {
  expect(outcome(reply as Fields)).toEqual(types)
})

test('words of a server are no names of ours', () => {
  const reader = new ReplyReader(model, request)
  expect(reader.read({ done: true, done_reason: 'constructor', eval_count: -1 })).toEqual([
    { type: 'finish', reason: 'other', usage: { inputTokens: 0, outputTokens: 0 } },
  ])
})
