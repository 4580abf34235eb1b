import { describe, didYouMean, SpellError } from '@llmspell/sdk'
import type { FinishReason, ModelSettings, Value } from '@llmspell/sdk'

const KINDS = [
  'rate_limit',
  'server_error',
  'auth',
  'cut_stream',
  'malformed_tool_call',
  'hang',
] as const
type FailureKind = (typeof KINDS)[number]

/** One failure to play, as `settings.fail` gives it. */
export interface PlannedFailure {
  readonly kind: FailureKind
  /** Numbers of the attempts that fail, from 1, or `always`. */
  readonly on: readonly number[] | 'always'
  /** Only at this request after the user's last message, from 1. */
  readonly step?: number
  /** Counts attempts under this name across calls, instead of within one call. */
  readonly key?: string
  readonly retry_after_ms?: number
  /** For `cut_stream`: chunks before the end; default 2. */
  readonly after?: number
}

export type PlannedReply =
  | string
  | {
      readonly text?: string
      readonly tool_calls?: readonly { readonly name: string; readonly input?: Value }[]
      readonly finish_reason?: FinishReason
    }

/** `settings` of a mock model, checked. */
export interface MockSettings {
  readonly fail: readonly PlannedFailure[]
  readonly replies: readonly PlannedReply[]
  readonly delay_ms?: number
}

/** @throws MODEL_INVALID for an unknown key, with the nearest known one */
export function readSettings({ settings = {} }: ModelSettings): MockSettings {
  knownKeys(settings, ['fail', 'replies', 'delay_ms'], 'settings')
  const { fail, replies, delay_ms } = settings
  return {
    fail: listOf(fail).map((one) => failureOf(one)),
    replies: listOf(replies) as unknown as readonly PlannedReply[],
    ...(typeof delay_ms === 'number' ? { delay_ms } : {}),
  }
}

function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value as readonly Value[]
  // An empty table of Lua is an object.
  return typeof value === 'object' && Object.keys(value).length === 0 ? [] : [value]
}

function failureOf(value: Value): PlannedFailure {
  const given = (typeof value === 'string' ? { kind: value } : value) as Partial<PlannedFailure>
  knownKeys(given, ['kind', 'on', 'step', 'key', 'retry_after_ms', 'after'], 'settings.fail')
  const kind = given.kind ?? 'server_error'
  if (!KINDS.includes(kind)) {
    throw invalid(
      `'kind' one of ${KINDS.join(', ')}`,
      describe(kind),
      didYouMean(String(kind), KINDS),
    )
  }
  const on = given.on ?? 1
  return { ...given, kind, on: on === 'always' ? on : ([on].flat() as number[]) }
}

function knownKeys(table: object, keys: readonly string[], place: string): void {
  const unknown = Object.keys(table).find((key) => !keys.includes(key))
  if (unknown === undefined) return
  throw invalid(
    `the keys ${keys.join(', ')} in ${place}`,
    `'${unknown}'`,
    didYouMean(unknown, keys),
  )
}

function invalid(expected: string, found: string, hint: string): SpellError {
  const text = `A model of the provider 'mock' is not valid: expected ${expected}, found ${found}.`
  return new SpellError('MODEL_INVALID', text, {
    hint: hint || 'See the README of @llmspell/provider-mock.',
  })
}
