import { checkValue, isSpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { AgentResult } from './result.ts'

const LONGEST = 2000

function isTooLarge(value: unknown): boolean {
  try {
    checkValue(value)
    return false
  } catch (error) {
    return isSpellError(error) && error.code === 'VALUE_TOO_LARGE'
  }
}

function cut<T>(value: T): T
function cut(value: Value): Value {
  if (typeof value === 'string') return cutText(value)
  if (Array.isArray(value)) return value.map(cut)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]))
}

function cutText(text: string): string {
  const rest = text.length - LONGEST
  return rest > 0 ? `${text.slice(0, LONGEST).toWellFormed()} [${rest} more characters]` : text
}

/**
 * The result, as one call can carry it. An answer that was paid for is never lost to the length of what its tools
 * have read: where it is all too much, long texts of `tool_calls` and `messages` are cut, and say so.
 */
export function fitting(result: AgentResult): AgentResult {
  if (!isTooLarge(result)) return result
  return { ...result, tool_calls: cut(result.tool_calls), messages: cut(result.messages) }
}
