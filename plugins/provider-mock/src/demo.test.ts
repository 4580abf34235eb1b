import type { Message, MessagePart, ModelRequest, ModelTool, Value } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { demoReply } from './demo.ts'

const tool = (name: string): ModelTool => ({
  name,
  description: name,
  input: {
    type: 'object',
    properties: { expression: { type: 'string' }, limit: { type: 'integer', minimum: 3 } },
    required: ['limit'],
  },
})
const TOOLS = ['calculator', 'file-read', 'stock'].map(tool)

const says = (role: Message['role'], ...content: readonly (MessagePart | string)[]): Message => ({
  role,
  content: content.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
})
const called = (id: string, name: string, input: Value): MessagePart => ({
  type: 'tool_call',
  id,
  name,
  input,
})
const gave = (id: string, name: string, text: string, failed = false): MessagePart => ({
  type: 'tool_result',
  id,
  name,
  text,
  failed,
})

const reply = (messages: readonly Message[], more: Partial<ModelRequest> = {}) =>
  demoReply({ messages, tools: TOOLS, ...more })
const calls = (prompt: string, more: Partial<ModelRequest> = {}) =>
  reply([says('user', prompt)], more).calls.map(({ name, input }) => [name, input])

describe('the demo model calls', () => {
  test('the calculator for a sum', () => {
    expect(calls('What is 17% of 3480?')).toEqual([
      ['calculator', { expression: '17 * 3480 / 100' }],
    ])
  })

  test('the reader for quoted paths, all at once', () => {
    expect(calls('Compare "a.md" with `docs/b.md`.')).toEqual([
      ['file-read', { path: 'a.md' }],
      ['file-read', { path: 'docs/b.md' }],
    ])
  })

  test('first the reader, then the calculator', () => {
    const prompt = "Read 'a.md', then compute 12 * (3+4) and 2^10 plus 5."
    expect(calls(prompt)).toEqual([['file-read', { path: 'a.md' }]])
    const since = [
      says('assistant', called('1', 'file-read', { path: 'a.md' })),
      says('tool', gave('1', 'file-read', '# A')),
    ]
    const next = reply([says('user', prompt), ...since])
    expect(next.calls.map(({ input }) => input)).toEqual([
      { expression: '12 * (3 + 4)' },
      { expression: '2 ^ 10 + 5' },
    ])
  })

  test('any tool that is spelled out with its input', () => {
    expect(calls('Use stock {"item": "lamp", "more": {"a": 1}} please')).toEqual([
      ['stock', { item: 'lamp', more: { a: 1 } }],
    ])
  })

  test('no reader for what is quoted inside the input of a call', () => {
    expect(calls('Use stock {"item": "lamp.txt"} and read "a.md"')[0]).toEqual([
      'file-read',
      { path: 'a.md' },
    ])
    expect(calls('Use stock {"item": "lamp.txt"}')).toEqual([['stock', { item: 'lamp.txt' }]])
  })

  test('nothing that is not offered or not wanted', () => {
    expect(calls('What is 1 + 1?', { tools: [] })).toEqual([])
    expect(calls('What is 1 + 1?', { toolChoice: 'none' })).toEqual([])
    expect(calls("I don't care, isn't it 2024-01-02?")).toEqual([])
  })

  test('a demanded tool with the least input that it takes', () => {
    expect(calls('Hello', { toolChoice: 'stock' })).toEqual([['stock', { limit: 3 }]])
    expect(calls('Hello', { toolChoice: 'required' })).toEqual([['calculator', { limit: 3 }]])
  })

  test('what the last message asks, whatever was called before', () => {
    const messages = [
      says('user', '1 + 1?'),
      says('assistant', called('1', 'calculator', { expression: '1 + 1' })),
      says('tool', gave('1', 'calculator', '2')),
      says('assistant', '2'),
      says('user', '2 + 2?'),
    ]
    expect(reply(messages).calls).toHaveLength(1)
  })
})

describe('the demo model answers', () => {
  test('with the number that came back', () => {
    const messages = [
      says('user', 'What is 17% of 3480?'),
      says('assistant', called('1', 'calculator', { expression: '17 * 3480 / 100' })),
      says('tool', gave('1', 'calculator', '591.6')),
    ]
    expect(reply(messages)).toEqual({
      text: '17% of 3480 = 591.6.\n(Answered by the offline mock model.)',
      calls: [],
    })
  })

  test('with what the file holds', () => {
    const messages = [
      says('user', "Read 'a.md' and 'b.txt'."),
      says(
        'assistant',
        called('1', 'file-read', { path: 'a.md' }),
        called('2', 'file-read', { path: 'b.txt' }),
      ),
      says(
        'tool',
        gave('1', 'file-read', 'Intro\n\n## First steps\nGo on.\n'),
        gave('2', 'file-read', 'one line'),
      ),
    ]
    const { text } = reply(messages)
    expect(text).toContain("a.md has 4 lines and 6 words; its first heading is 'First steps'.")
    expect(text).toContain("b.txt has 1 line and 2 words; it begins with 'one line'.")
  })

  test('with what failed', () => {
    const messages = [
      says('user', "Read 'a.md'."),
      says('assistant', called('1', 'file-read', { path: 'a.md' })),
      says('tool', gave('1', 'file-read', "File 'a.md' is not there.", true)),
    ]
    expect(reply(messages).text).toContain("The tool 'file-read' failed: File 'a.md' is not there.")
  })

  test('that it is a mock, in one line if asked', () => {
    const long = reply([says('user', 'What is a spell?')]).text
    expect(long).toMatch(/offline mock model 'mock\/demo'[\s\S]*What is a spell\?/)
    const messages = [says('system', 'Answer in one line.'), says('user', 'What is\na spell?')]
    expect(reply(messages).text).toBe(
      'I am the offline mock model, so this is no real answer; you asked: What is a spell?',
    )
  })

  test('in the shape that is asked for', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    expect(JSON.parse(reply([says('user', 'n?')], { schema }).text)).toEqual({ n: 0 })
  })
})
