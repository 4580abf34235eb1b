import { REF, checkValue } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

type Table = Readonly<Record<string, Value>>

export interface Answer {
  readonly value: Value
  readonly vars?: Table
  /** It is of a function of the script. */
  readonly written?: boolean
  /** The function was not called: its engine has forgotten what the steps are added to. */
  readonly again?: boolean
}

/**
 * The answer of a function, and the vars as it has left them where it is one of the script.
 * @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE where one of the host gives no plain data
 */
export function read(answer: Value): Answer {
  if (typeof answer !== 'object' || answer === null) return { value: checkValue(answer ?? null) }
  const { [REF]: mark, value = null, vars, again } = answer as Table
  if (mark !== 'written') return { value: checkValue(answer) }
  const isTable = typeof vars === 'object' && vars !== null && !Array.isArray(vars)
  const own = { value, written: true, again: again === true }
  return isTable ? { ...own, vars: vars as Table } : own
}

/** What has changed between two tables; null where a key is gone. */
export function changes(before: Table, after: Table): Map<string, Value | undefined> {
  const changed = new Map<string, Value | undefined>()
  if (before === after) return changed
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) changed.set(key, after[key])
  }
  return changed
}
