import { checkValue } from '@llmspell/sdk'
import type { ModelChunk, Value } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { generateAnswer, streamAnswer } from './stream.ts'
import { fakeHub, fakeProvider, finish } from './testing/fake-hub.ts'
import { FakeRun } from './testing/fake-run.ts'
import type { ModelAnswer } from './types.ts'

const text = (word: string): ModelChunk => ({ type: 'text', text: word })
const reasoning = (word: string): ModelChunk => ({ type: 'reasoning', text: word })
const call = (input: unknown): ModelChunk => ({
  type: 'tool_call',
  id: '1',
  name: 't',
  input: input as Value,
})

function asked(...chunks: readonly ModelChunk[]) {
  const provider = fakeProvider([...chunks, finish])
  const hub = fakeHub({ env: { OPENAI_API_KEY: 'sk-secret' }, provider })
  const request = { messages: [] }
  return [hub, { spec: 'openai/gpt-4o-mini', request, context: new FakeRun().context }] as const
}

const whole = (...chunks: readonly ModelChunk[]): Promise<ModelAnswer> =>
  generateAnswer(...asked(...chunks))

async function texts(...chunks: readonly ModelChunk[]): Promise<string[]> {
  const found: string[] = []
  for await (const chunk of streamAnswer(...asked(...chunks)))
    if (chunk.type === 'text' || chunk.type === 'reasoning') found.push(chunk.text)
  return found
}

describe('text', () => {
  test('is well-formed', async () => {
    const answer = await whole(reasoning('a\uDC00b'), text('\uD800c'), text('d\uD800'))
    expect(answer).toMatchObject({ reasoning: 'a\uFFFDb', text: '\uFFFDcd\uFFFD' })
  })

  test('keeps a character that is torn apart between chunks', async () => {
    expect(await texts(text('a\uD83C'), text('\uDF0Db'))).toEqual(['a', '🌍b'])
    expect(await texts(text('\uD83C'), text(''), text('\uDF0D'))).toEqual(['🌍'])
  })

  test('of another kind takes no half of a character', async () => {
    const found = await texts(reasoning('a\uD83C'), text('\uDF0Db'))
    expect(found).toEqual(['a', '\uFFFD', '\uFFFDb'])
  })
})

/** Arrays in an object, as deep as wanted; made without recursion. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 1; i < levels; i++) value = [value]
  return { value }
}

describe('a call', () => {
  test.each([
    ['a prototype key', JSON.parse('{"a":{"__proto__":{}}}'), /__proto__/],
    ['a constructor', { constructor: 1 }, /constructor/],
    ['a reference', { a: { $llmspell: 'callback', id: 1 } }, /\$llmspell/],
    ['a lone surrogate', { a: '\uD800' }, /surrogate/],
    ['too many levels', nested(60), /levels/],
    ['far too many levels', nested(200_000), /levels/],
    ['much too deep JSON', JSON.parse(`${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`), /levels/],
    ['too much', { a: 'a'.repeat(300_000) }, /bytes/],
  ])('with %s is told to the model, and harms nothing else', async (_what, input, problem) => {
    const answer = await whole(text('a'), call(input), call({ fine: true }))
    expect(answer).toMatchObject({ text: 'a', toolCalls: [call({ fine: true })] })
    expect(answer.invalidCalls).toMatchObject([{ id: '1', name: 't' }])
    expect(answer.invalidCalls[0]!.problem).toMatch(problem)
    expect(() => checkValue({ answer })).not.toThrow()
  })

  test('that is invalid already has a text that can be handed on', async () => {
    const raw = `\uD800${'a'.repeat(2_000_000)}`
    const invalid = {
      type: 'tool_call_invalid',
      id: '\uD800',
      name: 't',
      raw,
      problem: raw,
    } as const
    const answer = await whole(invalid)
    expect(answer.invalidCalls[0]).toMatchObject({
      id: '\uFFFD',
      raw: expect.stringMatching(/^\uFFFDa+…$/),
    })
  })

  test('as deep as it may be is taken', async () => {
    expect((await whole(call(nested(48)))).toolCalls).toHaveLength(1)
  })
})

describe('an answer', () => {
  const long = 'a'.repeat(256 * 1024)
  const failed = {
    code: 'PROVIDER_FAILED',
    hint: expect.stringContaining('max_tokens'),
    details: { retryable: false, kind: 'malformed' },
  }

  test('beyond 512 KiB fails', async () => {
    await expect(whole(text(long), text(long), text('a'))).rejects.toMatchObject(failed)
    await expect(whole(reasoning(long), text(`${long}a`))).rejects.toMatchObject(failed)
    await expect(texts(text(long), text(long), text('a'))).rejects.toMatchObject(failed)
    const calls = Array.from({ length: 3 }, () => call({ a: 'a'.repeat(200_000) }))
    await expect(whole(...calls)).rejects.toMatchObject(failed)
  })

  test('of 512 KiB does not', async () => {
    expect((await whole(text(long), text(long))).text).toHaveLength(512 * 1024)
  })
})
