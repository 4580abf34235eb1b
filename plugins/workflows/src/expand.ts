import { isRef } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { parseTemplate } from './check/template.ts'
import type { Reference } from './check/template.ts'
import { textOf } from './forms.ts'
import type { Scope } from './scope.ts'

/**
 * A value with the templates in its texts filled in. What is put in is never expanded again.
 * @throws WORKFLOW_REFERENCE_UNKNOWN
 */
export function expand(value: Value, scope: Scope): Value {
  if (typeof value === 'string') return expandText(value, scope)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (isRef(value, 'handle') || isRef(value, 'stream')) return value
  if (Array.isArray(value)) return value.map((item: Value) => expand(item, scope))
  const entries = Object.entries(value as Readonly<Record<string, Value>>)
  return Object.fromEntries(entries.map(([key, item]) => [key, expand(item, scope)]))
}

function expandText(text: string, scope: Scope): Value {
  if (!text.includes('{{')) return text
  const { parts, only } = parseTemplate(text)
  const find = ({ path, source }: Reference): Value => scope.lookup(path, source)
  if (only) return find(only)
  return parts.map((part) => (typeof part === 'string' ? part : textOf(find(part)))).join('')
}
