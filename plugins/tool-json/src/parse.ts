import type { Value } from '@llmspell/sdk'
import { scan } from './scan.ts'

/**
 * A value of strict JSON text: nothing is lost, doubled or reinterpreted on the way.
 * @throws JSON_SYNTAX, JSON_VALUE, JSON_LIMIT with line and column
 */
export function parse(text: string): Value {
  scan(text)
  return JSON.parse(text) as Value
}
