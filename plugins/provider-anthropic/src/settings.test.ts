import type { SpellError, Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf, optionsOf } from './settings.ts'

type Settings = Readonly<Record<string, Value>>

const at = (settings: Settings) => ({ provider: 'anthropic', model: 'claude-a', settings })

/** The names of what goes through the SDK, or how the settings are refused. */
function outcome(settings: Settings): string {
  try {
    return Object.keys(optionsOf(at(settings))).join()
  } catch (error) {
    const { code, message } = error as SpellError
    return `${code} ${message}`
  }
}

test('whatever is given is taken or refused with the name of the setting', () => {
  const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Value>
  const fields = fc.constantFrom('type', 'budget_tokens', 'display', 'more')
  const table = fc.dictionary(fields, value) as fc.Arbitrary<Value>
  const name = fc.constantFrom('thinking', 'anthropic_beta', 'disable_parallel_tool_use')
  fc.assert(
    fc.property(name, fc.oneof(value, table), (key, given) => {
      const taken = '^(?:thinking|anthropicBeta|disableParallelToolUse)$'
      const refused = `^MODEL_INVALID .*expected 'settings\\.${key}`
      expect(outcome({ [key]: given })).toMatch(new RegExp(`${taken}|${refused}`))
    }),
  )
})

test('a setting goes into the body or through the SDK, never both', () => {
  const all: Settings = {
    thinking: { type: 'disabled' },
    anthropic_beta: ['a'],
    top_k: 1,
    cache_control: { type: 'ephemeral' },
  }
  fc.assert(
    fc.property(fc.subarray(Object.keys(all)), (keys) => {
      const model = at(Object.fromEntries(keys.map((key) => [key, all[key]!])))
      const parts = [...Object.keys(bodyOf(model)), ...Object.keys(optionsOf(model))]
      expect(parts).toHaveLength(keys.length)
    }),
  )
})
