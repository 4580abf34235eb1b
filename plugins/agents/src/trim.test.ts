import type { Message, MessagePart } from '@llmspell/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { textMessage } from './messages.ts'
import { tokensOf } from './tokens.ts'
import { trim } from './trim.ts'

let count = 0

const words = fc.string({ maxLength: 400 })

/** A question, calls with their results, and an answer. */
const turn = fc
  .tuple(words, fc.array(fc.tuple(words, fc.nat(3)), { maxLength: 3 }), words)
  .map(([asked, steps, answered]): Message[] => [
    textMessage('user', asked),
    ...steps.flatMap(([result, more]) => calls(result, more + 1)),
    textMessage('assistant', answered),
  ])

function calls(text: string, many: number): Message[] {
  const ids = Array.from({ length: many }, () => `call_${++count}`)
  const asked = ids.map((id): MessagePart => ({ type: 'tool_call', id, name: 'add', input: {} }))
  const results = ids.map((id): MessagePart => ({
    type: 'tool_result',
    id,
    name: 'add',
    text,
    failed: false,
  }))
  return [
    { role: 'assistant', content: asked },
    { role: 'tool', content: results },
  ]
}

const past = fc.array(turn, { maxLength: 12 }).map((turns) => turns.flat())

const idsOf = (messages: readonly Message[], type: 'tool_call' | 'tool_result'): string[] =>
  messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === type ? [part.id] : [])),
  )

const limit = fc.record(
  { messages: fc.integer({ min: 1, max: 40 }), tokens: fc.integer({ min: 64, max: 2000 }) },
  { requiredKeys: [] },
)

describe('what is remembered', () => {
  it('has a result for each call, begins with a question and keeps to its tokens', () => {
    fc.assert(
      fc.property(past, limit, (messages, rule) => {
        const { kept, fallen } = trim(messages, rule)
        expect(idsOf(kept, 'tool_call')).toEqual(idsOf(kept, 'tool_result'))
        expect([...fallen, ...kept]).toEqual(messages)
        expect(kept[0]?.role ?? 'user').toBe('user')
        expect(tokensOf(kept)).toBeLessThanOrEqual(rule.tokens ?? Number.POSITIVE_INFINITY)
      }),
    )
  })

  it('keeps messages of the system, wherever they stand', () => {
    const rules = textMessage('system', 'Be brief.')
    fc.assert(
      fc.property(past, past, fc.integer({ min: 64, max: 800 }), (before, after, tokens) => {
        const { kept } = trim([...before, rules, ...after], { tokens })
        expect(kept[0]).toBe(rules)
        expect(tokensOf(kept)).toBeLessThanOrEqual(tokens)
        expect(idsOf(kept, 'tool_call')).toEqual(idsOf(kept, 'tool_result'))
      }),
    )
  })

  it('stays within its tokens with a summary of any length', () => {
    fc.assert(
      fc.property(
        fc.array(past, { maxLength: 5 }),
        fc.integer({ min: 64, max: 1500 }),
        fc.string({ maxLength: 8000, unit: 'grapheme' }),
        (talks, tokens, summary) => {
          const memory = new Memory({ strategy: 'summary', tokens })
          for (const talk of talks) {
            memory.add(talk)
            const fallen = memory.overflow()
            if (fallen.length > 0) memory.condense(summary, fallen)
            const recalled = memory.recall()
            expect(tokensOf(recalled)).toBeLessThanOrEqual(tokens)
            expect(idsOf(recalled, 'tool_call')).toEqual(idsOf(recalled, 'tool_result'))
            expect(memory.overflow()).toEqual([])
          }
        },
      ),
    )
  })

  it('keeps the last turn whole, however many messages it has', () => {
    const last = [textMessage('user', 'b'), ...calls('1', 2), ...calls('2', 1)]
    const { kept } = trim([textMessage('user', 'a'), ...last], { messages: 1 })
    expect(kept).toEqual(last)
  })

  it('is all of it where all of it fits, also without a question', () => {
    const only = [textMessage('assistant', 'Welcome.'), textMessage('user', 'Hi')]
    expect(trim(only, { messages: 40 }).kept).toEqual(only)
    expect(trim(only.slice(0, 1), { tokens: 64 }).kept).toEqual(only.slice(0, 1))
  })
})
