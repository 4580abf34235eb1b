import { describe, SpellError } from '@llmspell/sdk'
import type { ModelSettings, Value } from '@llmspell/sdk'

type Fields = Readonly<Record<string, Value | undefined>>
type Options = Readonly<Record<string, Value>>

/** What the SDK must know, because other fields or headers depend on it, by its names. */
const OPTIONS: Readonly<Record<string, string>> = {
  thinking: 'thinking',
  anthropic_beta: 'anthropicBeta',
  disable_parallel_tool_use: 'disableParallelToolUse',
}
const THINKING: Readonly<Record<string, string>> = {
  type: 'type',
  budget_tokens: 'budgetTokens',
  display: 'display',
}
const TYPES = ['adaptive', 'enabled', 'disabled', 'between_tools']
const DISPLAYS = ['omitted', 'summarized', 'updates']
const LEAST_BUDGET = 1024

/** `settings` that go through the SDK. @throws MODEL_INVALID */
export function optionsOf(model: ModelSettings): Options {
  const { thinking, anthropic_beta, disable_parallel_tool_use } = model.settings ?? {}
  if (anthropic_beta !== undefined && !isNames(anthropic_beta))
    throw wrong(model, 'anthropic_beta', 'a list of names', anthropic_beta)
  if (disable_parallel_tool_use !== undefined && typeof disable_parallel_tool_use !== 'boolean')
    throw wrong(model, 'disable_parallel_tool_use', 'true or false', disable_parallel_tool_use)
  const plain = renamed({ anthropic_beta, disable_parallel_tool_use }, OPTIONS)
  return thinking === undefined ? plain : { ...plain, thinking: thinkingOf(model, thinking) }
}

function thinkingOf(model: ModelSettings, given: Value): Options {
  const types = `a table with a 'type' out of ${TYPES.join(', ')}`
  if (!isTable(given)) throw wrong(model, 'thinking', types, given)
  const { type, budget_tokens, display, ...rest } = given
  if (!TYPES.includes(type as string)) throw wrong(model, 'thinking.type', types, type)
  if (budget_tokens !== undefined && !isBudget(budget_tokens))
    throw wrong(model, 'thinking.budget_tokens', `${LEAST_BUDGET} or more`, budget_tokens)
  if (display !== undefined && !DISPLAYS.includes(display as string))
    throw wrong(model, 'thinking.display', `one of ${DISPLAYS.join(', ')}`, display)
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw wrong(model, `thinking.${unknown}`, 'left out', rest[unknown])
  return renamed(given, THINKING)
}

/** `settings` that go into the body of each request as they are. */
export function bodyOf(model: ModelSettings): Fields {
  const rest = Object.entries(model.settings ?? {}).filter(([key]) => !(key in OPTIONS))
  return Object.fromEntries(rest)
}

const isTable = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNames = (value: Value): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === 'string')

const isBudget = (value: Value): boolean =>
  Number.isInteger(value) && (value as number) >= LEAST_BUDGET

function renamed(fields: Fields, names: Readonly<Record<string, string>>): Options {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([key, value]) => [names[key]!, value!]))
}

function wrong(
  { provider, model }: ModelSettings,
  key: string,
  expected: string,
  found: Value | undefined,
): SpellError {
  const what = `expected 'settings.${key}' to be ${expected}, found ${describe(found)}`
  return new SpellError('MODEL_INVALID', `Model '${provider}/${model}' is not valid: ${what}.`, {
    hint: 'Change it, or leave it out.',
  })
}
