import { describe, misfit } from '@llmspell/sdk'
import type { FinishReason, Value } from '@llmspell/sdk'
import type { ModelAnswer, ResolvedModel } from './types.ts'

/** A verdict with a result, and the plugin that gave it. */
interface Replaced {
  readonly result: unknown
  readonly by: string
}

type Table = Readonly<Record<string, unknown>>

const REASONS: readonly FinishReason[] = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'error',
  'other',
]
const CALL = { id: 'string', name: 'string', input: 'object' } as const
const INVALID = { id: 'string', name: 'string', raw: 'string', problem: 'string' } as const

/**
 * The answer that a hook gives in the place of a model: a text, or a table with the parts of an answer. It took nothing.
 * @throws HOOK_RESULT_INVALID
 */
export function answerInstead(
  point: string,
  { result, by }: Replaced,
  model: ResolvedModel,
): ModelAnswer {
  const given = typeof result === 'string' ? { text: result } : result
  const wanted = 'a text, or a table with text, reasoning, toolCalls, invalidCalls, reason'
  if (!isTable(given)) throw misfit(point, wanted, described(result), by)
  const fault = faultOf(given)
  if (fault !== undefined) throw misfit(point, wanted, fault, by)
  return { ...partsOf(given), ...facts(model), usage: { ...NOTHING }, attempts: 0, replacedBy: by }
}

/** A hook's answer in the place of one that came: what that one took, it took. @throws HOOK_RESULT_INVALID */
export function answerOver(
  point: string,
  verdict: Replaced,
  model: ResolvedModel,
  { usage, attempts }: ModelAnswer,
): ModelAnswer {
  return { ...answerInstead(point, verdict, model), usage, attempts }
}

/** What a hook changed of an answer. What it took and who gave it stays. @throws HOOK_RESULT_INVALID */
export function answerChanged(point: string, changed: unknown, given: ModelAnswer): ModelAnswer {
  const fault = isTable(changed) ? faultOf(changed) : described(changed)
  if (fault !== undefined) throw misfit(point, 'an answer of a model', fault)
  const { usage, attempts, model, provider, mock, replacedBy } = given
  const kept = { usage, attempts, model, provider, mock }
  const mark = replacedBy === undefined ? {} : { replacedBy }
  return { ...given, ...partsOf(changed as Table), ...kept, ...mark }
}

const NOTHING = { inputTokens: 0, outputTokens: 0, cost: 0 } as const

const facts = ({ id, provider, mock }: ResolvedModel) => ({ model: id, provider, mock })

type Parts = Pick<
  ModelAnswer,
  'text' | 'reasoning' | 'media' | 'toolCalls' | 'invalidCalls' | 'reason'
>

function partsOf(given: Table): Parts {
  const { text = '', reasoning = '', media, toolCalls = [], invalidCalls = [] } = given
  const calls = (toolCalls as readonly Table[]).map((call) => ({ ...call, type: 'tool_call' }))
  const usual = calls.length > 0 ? 'tool_calls' : 'stop'
  const broken = (invalidCalls as readonly Table[]).map((call) => ({
    ...call,
    type: 'tool_call_invalid',
  }))
  return {
    text,
    reasoning,
    ...(media === undefined ? {} : { media }),
    toolCalls: calls,
    invalidCalls: broken,
    reason: given['reason'] ?? usual,
  } as unknown as Parts
}

/** What is wrong with it, in words. */
function faultOf(given: Table): string | undefined {
  const { text, reasoning, media, toolCalls, invalidCalls, reason } = given
  if (text !== undefined && typeof text !== 'string') return `text is ${described(text)}`
  if (reasoning !== undefined && typeof reasoning !== 'string')
    return `reasoning is ${described(reasoning)}`
  if (reason !== undefined && !REASONS.includes(reason as never))
    return `reason is ${described(reason)}`
  if (media !== undefined && !isList(media, (each) => each['data'] instanceof Uint8Array))
    return 'media are no pictures or sounds'
  if (!isListOf(toolCalls, CALL)) return 'toolCalls are not each an id, a name and an input'
  return isListOf(invalidCalls, INVALID) ? undefined : 'invalidCalls are not what they should be'
}

const described = (value: unknown): string => describe(value as Value)

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOf(value: unknown, shape: Readonly<Record<string, string>>): boolean {
  const fits = (each: Table): boolean =>
    Object.entries(shape).every(([key, type]) => typeof each[key] === type)
  return value === undefined || isList(value, fits)
}

function isList(value: unknown, fits: (each: Table) => boolean): boolean {
  return Array.isArray(value) && value.every((each) => isTable(each) && fits(each))
}
