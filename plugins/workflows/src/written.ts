import { REF } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

type Table = Readonly<Record<string, Value>>

/** The answer of a function, and the vars as it has left them where it is one of the script. */
export function read(answer: Value): { readonly value: Value; readonly vars?: Table } {
  if (typeof answer !== 'object' || answer === null) return { value: answer }
  const { [REF]: mark, value = null, vars } = answer as Table
  if (mark !== 'written') return { value: answer }
  const isTable = typeof vars === 'object' && vars !== null && !Array.isArray(vars)
  return { value, ...(isTable ? { vars: vars as Table } : {}) }
}

/** What has changed between two tables; null where a key is gone. */
export function changes(before: Table, after: Table): Map<string, Value | undefined> {
  const changed = new Map<string, Value | undefined>()
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) changed.set(key, after[key])
  }
  return changed
}
