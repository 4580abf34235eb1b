import { SpellError, type RunResult } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { errorEnvelope, resultEnvelope, toJson, valueText } from './envelope.ts'

const RESULT: RunResult = {
  runId: 'r1',
  value: { a: [1] },
  output: 'hi\n',
  calls: 3,
  usage: { inputTokens: 2, outputTokens: 5, cost: 0.01 },
  durationMs: 12.34567,
  journal: [],
}

test('a result as one document', () => {
  expect(resultEnvelope(RESULT)).toEqual({
    ok: true,
    result: { a: [1] },
    output: 'hi\n',
    run_id: 'r1',
    usage: { input_tokens: 2, output_tokens: 5, total_tokens: 7, cost: 0.01 },
    calls: 3,
    duration_ms: 12.346,
  })
  expect(resultEnvelope({ ...RESULT, value: undefined })).toMatchObject({ result: null })
})

test('an error as one document, with its causes', () => {
  const cause = new SpellError('INNER', 'below')
  const error = new SpellError('X', 'no', { hint: 'h', details: { a: 1 }, cause })
  expect(errorEnvelope(error, 'before')).toEqual({
    ok: false,
    error: {
      code: 'X',
      message: 'no',
      hint: 'h',
      details: { a: 1 },
      cause: { code: 'INNER', message: 'below' },
    },
    output: 'before',
  })
  expect(errorEnvelope(new Error('odd'))).toEqual({
    ok: false,
    error: { code: 'INTERNAL', message: 'odd' },
  })
})

test.each([
  ['text', 'text\n'],
  ['line\n', 'line\n'],
  [42, '42\n'],
  [true, 'true\n'],
  [[1, 'a'], '[\n  1,\n  "a"\n]\n'],
  [null, ''],
  [undefined, ''],
])('the value %j', (value, text) => expect(valueText(value)).toBe(text))

test('bytes are base64, buffers too', () => {
  expect(toJson({ a: new Uint8Array([1, 2]), b: Buffer.from('x') })).toBe('{"a":"AQI=","b":"eA=="}')
})
