import type { ModelRequest } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { estimate, refuseBeyond } from './capabilities.ts'

const says = (...content: ModelRequest['messages'][number]['content']): ModelRequest => ({
  messages: [{ role: 'user', content }],
})
const text = (length: number) => ({ type: 'text' as const, text: 'a'.repeat(length) })
const file = (mime: string) => ({ type: 'file' as const, mime, data: new Uint8Array(9) })
const tool = { name: 'sum', description: 'Adds.', input: { type: 'object' } }
const model = { id: 'p/m', listed: true, capabilities: ['streaming'], context: 1000, maxOutput: 50 }

test.each([
  ['tools', { ...says(text(1)), tools: [tool] }],
  ['schema', { ...says(text(1)), schema: { type: 'object' } }],
  ['image', says(file('image/png'))],
  ['audio', says(text(1), file('audio/wav'))],
  ['video', says(file('video/mp4'))],
  ['pdf', says(file('application/pdf'))],
])('what needs %s is held back from a model without it', (capability, request) => {
  expect(() => refuseBeyond(model, request)).toThrow(
    expect.objectContaining({
      code: 'MODEL_LACKS_CAPABILITY',
      message: expect.stringContaining("Model 'p/m' does not take"),
      hint: expect.stringContaining(`--capability ${capability}`),
      details: expect.objectContaining({ model: 'p/m', capability }),
    }),
  )
  refuseBeyond({ ...model, capabilities: [capability] }, request)
  refuseBeyond({ ...model, capabilities: [] }, request)
  refuseBeyond({ ...model, listed: false }, request)
})

test('only what is clearly too long is held back', () => {
  refuseBeyond(model, says(text(6000)))
  expect(() => refuseBeyond(model, says(text(6004)))).toThrow(
    expect.objectContaining({
      code: 'MODEL_LIMIT_EXCEEDED',
      message:
        "Model 'p/m' has no room for a request of about 1501 tokens: expected at most 1000. Nothing was sent.",
      details: { model: 'p/m', limit: 'context', found: 1501, max: 1000 },
    }),
  )
  refuseBeyond({ ...model, listed: false }, says(text(60_000)))
})

test('an answer longer than the model gives is not asked for', () => {
  refuseBeyond(model, { ...says(text(1)), maxTokens: 50 })
  expect(() => refuseBeyond(model, { ...says(text(1)), maxTokens: 51 })).toThrow(
    expect.objectContaining({
      code: 'MODEL_LIMIT_EXCEEDED',
      hint: 'Set max_tokens to 50 or less.',
    }),
  )
})

test('tools, calls, results and text files count, other files do not', () => {
  expect(estimate(says(file('image/png')))).toBe(0)
  expect(estimate(says({ type: 'file', mime: 'text/csv', data: 'a'.repeat(8) }))).toBe(2)
  const result = { type: 'tool_result', id: '1', name: 'x', text: 'abcd', failed: false } as const
  expect(estimate(says(result))).toBe(1)
  const call = { type: 'tool_call', id: '1', name: 'ab', input: {} } as const
  expect(estimate(says(call))).toBe(1)
  expect(estimate({ ...says(), tools: [tool] })).toBeGreaterThan(10)
})
