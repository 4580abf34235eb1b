import fc from 'fast-check'
import { REF } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { callerIn, copyOf, correlationIn, restored, runIn, valueAt } from './payload.ts'

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value

/** What a run that hides `secret` shows. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('secret', '[label]')
  if (Array.isArray(value)) return value.map(hidden)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]))
}

/** What is left of it in a language in which nothing is no value. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]))
}

describe('what a hook gave back as it was', () => {
  test('is what it was before it was hidden', () => {
    const secretive = plain.map((value) => ({ value, key: 'a secret', list: ['secret', value] }))
    fc.assert(
      fc.property(secretive, (original) => {
        const shown = hidden(copyOf(original))
        expect(restored(structuredClone(shown), shown, original)).toEqual(original)
        expect(restored(withoutNulls(shown), shown, original)).toEqual(original)
      }),
    )
  })

  test('is changed where it was changed, and nowhere else', () => {
    const original = { token: 'secret', n: 1, list: ['secret', 'b'], left: null }
    const given = { token: '[label]', n: 2, list: ['[label]', 'c', 'd'], more: true }
    expect(restored(given, hidden(original), original)).toEqual({
      token: 'secret',
      n: 2,
      list: ['secret', 'c', 'd'],
      more: true,
      left: null,
    })
  })

  test('keeps a reference that was told by its facts', () => {
    const original = { handle: { [REF]: 'handle', type: 'Tool', id: 'tool_1', fields: {} } }
    const shown = copyOf(original)
    expect(shown).toEqual({ handle: { type: 'Tool', id: 'tool_1', fields: {} } })
    expect(restored(structuredClone(shown), shown, original)).toEqual(original)
  })

  test('cannot write into a prototype', () => {
    const given: unknown = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}')
    const made = restored(given, { a: 1 }, { a: 1 }) as Record<string, unknown>
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(made['a']).toBe(1)
    expect(made['polluted']).toBeUndefined()
  })
})

describe('what is read from a payload', () => {
  test.each([
    [{ run_id: 'a' }, 'a', 'a'],
    [{ runId: 'b', seq: 3 }, 'b', 'b:3'],
    [{ run_id: 7 }, undefined, 'host'],
    [null, undefined, 'host'],
    ['text', undefined, 'host'],
    [{ run_id: 'a', correlation_id: 'c' }, 'a', 'c'],
  ])('%j is about the run %s', (payload, run, correlation) => {
    expect(runIn(payload)).toBe(run)
    expect(correlationIn(payload)).toBe(correlation)
  })

  test('has own keys alone', () => {
    expect(valueAt({ a: { b: 1 } }, 'a.b')).toBe(1)
    expect(valueAt({}, 'constructor.name')).toBeUndefined()
    expect(callerIn({ actor: "agent 'a'" })).toBe("agent 'a'")
  })

  test('never fails a copy, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (value) => void copyOf(value)))
    const ring: Record<string, unknown> = {}
    Object.assign(ring, { one: ring, two: [ring, ring], three: { ring } })
    expect(copyOf(ring)).toEqual({ one: null, two: [null, null], three: { ring: null } })
  })
})
