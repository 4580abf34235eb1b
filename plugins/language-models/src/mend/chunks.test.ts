import type { ModelChunk, ModelRequest } from '@llmspell/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mended } from './chunks.ts'

const tool = (name: string) => ({ name, description: name, input: { type: 'object' } })
const request: ModelRequest = { messages: [], tools: [tool('sum'), tool('file-read')] }
const usage = { inputTokens: 1, outputTokens: 1 }
const finish: ModelChunk = { type: 'finish', reason: 'stop', usage }

/** What is made of a text that comes in pieces of a length. */
function said(text: string, size = 3, asked = request): readonly ModelChunk[] {
  const pieces = text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? []
  const chunks = pieces.map((piece): ModelChunk => ({ type: 'text', text: piece }))
  return mended([...chunks, finish], asked)
}

const wordsOf = (chunks: readonly ModelChunk[]): string =>
  chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('')
const callsOf = (chunks: readonly ModelChunk[]) =>
  chunks.flatMap((chunk) => (chunk.type === 'tool_call' ? [[chunk.name, chunk.input]] : []))
const brokenOf = (chunks: readonly ModelChunk[]) =>
  chunks.filter((chunk) => chunk.type === 'tool_call_invalid')

const SUM = '{"name": "sum", "arguments": {"a": 1}}'
const TAGGED = `<tool_call>${SUM}</tool_call>`

describe('a call that was written into the text', () => {
  test.each([
    ['as JSON', SUM, ''],
    ['with a text of arguments', '{"name": "sum", "arguments": "{\\"a\\": 1}"}', ''],
    ['with parameters', '{"type": "function", "name": "sum", "parameters": {"a": 1}}', ''],
    ['as a function', `{"type": "function", "function": ${SUM}}`, ''],
    ['in a list', `[${SUM}]`, ''],
    ['between tags', `<tool_call>\n${SUM}\n</tool_call>`, ''],
    [
      'after a thought',
      `<think>A {b} <tool_call>.</think>\n${SUM}`,
      '<think>A {b} <tool_call>.</think>',
    ],
    [
      'between tags after a thought',
      ` <think></think><tool_call>${SUM}</tool_call>\n`,
      ' <think></think>',
    ],
    ['after a tag that nothing closes', `<tool_call>${SUM}`, ''],
  ])('%s', (_, text, words) => {
    for (const size of [1, 3, 1000]) {
      const chunks = said(text, size)
      expect(callsOf(chunks)).toEqual([['sum', { a: 1 }]])
      expect(wordsOf(chunks)).toBe(words)
      expect(chunks.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' })
    }
  })

  test('may be one of several, each with an id of its own in the conversation', () => {
    const two = said(`<tool_call>${SUM}</tool_call><tool_call>${SUM}</tool_call>`)
    expect(callsOf(two)).toHaveLength(2)
    const later = said(SUM, 3, { ...request, messages: [{ role: 'user', content: [] }] })
    const ids = [...two, ...later].flatMap((chunk) => (chunk.type === 'tool_call' ? chunk.id : []))
    expect(new Set(ids).size).toBe(3)
  })
})

describe('what is no call stays text', () => {
  test.each([
    ['an answer', 'The sum is 3.'],
    ['JSON', '{"vendor": "a", "total": 1}'],
    ['a person with a name', '{"name": "Ada", "age": 36}'],
    ['a tool that was not offered', '{"name": "delete", "arguments": {"a": 1}}'],
    ['a call without arguments', '{"name": "sum"}'],
    ['a call among words', `Write ${SUM} to call it.`],
    ['a call in a fence', '```json\n' + SUM + '\n```'],
    ['a call between tags in a fence', '```\n' + TAGGED + '\n```'],
    ['a call between tags after words', `Let me see.\n${TAGGED}`],
    ['a call between tags before words', `${TAGGED} is how to call it.`],
    ['a call between tags in quotes', `The page says: "${TAGGED}". I will not do it.`],
    ['nothing but a quoted call', `"${TAGGED}"`],
    ['a call within a thought', `<think>${TAGGED}`],
    ['a call after a thought and words', `<think>a</think>Well: ${TAGGED}`],
    ['a call after two thoughts', `<think>a</think><think>b</think>${TAGGED}`],
    ['more calls than an answer has', TAGGED.repeat(129)],
    ['a call before words', `${SUM} is how to call it.`],
    ['a call with more in it', '{"name": "sum", "arguments": {"a": 1}, "why": "b"}'],
    ['half a tag', 'a < b and <tool'],
    ['code', '```json\n{"a": 1}\n```'],
    ['nothing but space', '  \n'],
  ])('%s', (_, text) => {
    for (const size of [1, 3, 1000]) {
      const chunks = said(text, size)
      expect(wordsOf(chunks)).toBe(text)
      expect(callsOf(chunks)).toEqual([])
      expect(chunks.at(-1)).toMatchObject({ reason: 'stop' })
    }
  })

  test('where JSON was asked for, or no tool was offered', () => {
    expect(wordsOf(said(SUM, 3, { ...request, schema: { type: 'object' } }))).toBe(SUM)
    expect(wordsOf(said(`<tool_call>${SUM}`, 3, { messages: [] }))).toBe(`<tool_call>${SUM}`)
  })

  test('beside a real call', () => {
    const real: ModelChunk = { type: 'tool_call', id: '1', name: 'sum', input: { a: 1 } }
    const chunks = mended([{ type: 'text', text: SUM }, real, finish], request)
    expect(callsOf(chunks)).toEqual([['sum', { a: 1 }]])
    expect(wordsOf(chunks)).toBe(SUM)
  })
})

test.each([
  ['broken JSON', '<tool_call>{"name": "sum", "arguments": {"a"</tool_call>', 'sum'],
  ['a tool that was not offered', '<tool_call>{"name": "rm", "arguments": {}}</tool_call>', 'rm'],
  ['no arguments', '<tool_call>{"name": "sum"}</tool_call>', 'sum'],
  ['words', '<tool_call>sum of 1</tool_call>', 'unknown'],
])('between tags, %s is reported', (_, text, name) => {
  const chunks = said(text)
  expect(brokenOf(chunks)).toMatchObject([{ name, problem: expect.stringContaining('expected') }])
  expect(callsOf(chunks)).toEqual([])
})

test('broken arguments are mended or reported, never emptied', () => {
  const broken = (raw: string): ModelChunk => ({
    type: 'tool_call_invalid',
    id: '1',
    name: 'sum',
    raw,
    problem: 'broken',
  })
  expect(callsOf(mended([broken('{"a": 1}{"a": 1}'), finish], request))).toEqual([
    ['sum', { a: 1 }],
  ])
  for (const raw of ['', '{', '{}{}', '{"a": 1}{"a": 2}'])
    expect(mended([broken(raw)], request)).toEqual([broken(raw)])
})

test('a call never comes from words', () => {
  const words = fc.string({ minLength: 1 }).filter((text) => /^\s*[^\s<[{]/.test(text))
  const check = fc.property(words, fc.string(), fc.integer({ min: 1, max: 9 }), (a, b, size) => {
    for (const call of [SUM, TAGGED]) expect(callsOf(said(a + call + b, size))).toEqual([])
  })
  fc.assert(check)
})

test('no text is lost', () => {
  const pieces = fc.constantFrom(
    '{',
    '"name"',
    ': ',
    '"sum"',
    '<tool',
    '```',
    'json',
    '[',
    ' ',
    'a',
  )
  const words = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 })
  const check = fc.property(words, fc.integer({ min: 1, max: 7 }), (list, size) => {
    const text = list.join('').toWellFormed()
    expect(wordsOf(said(text, size))).toBe(text)
  })
  fc.assert(check)
})
