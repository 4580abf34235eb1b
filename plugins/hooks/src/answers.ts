import { cancel, describe, durationMs, modify, redirect, replace, retry, skip } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import type { Value, Verdict } from '@llmspell/sdk'
import type { ScriptPoint } from './points.ts'

type Table = { readonly [key: string]: Value | undefined }

/** Keys that each answer may have beside `type`. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  continue: [],
  modify: ['data'],
  cancel: ['reason', 'hint'],
  replace: ['result'],
  retry: ['delay', 'max_attempts', 'maxAttempts'],
  redirect: ['to'],
  skip: ['reason'],
}
const MOST_ATTEMPTS = 100

/**
 * What a hook returned, as a verdict; undefined where it goes on.
 * @throws HOOK_RESULT_INVALID for what is none, or none that the point takes
 */
export function answerOf(value: Value | undefined, point: ScriptPoint): Verdict | undefined {
  const verdict = verdictOf(value)
  if (verdict === undefined || point.results.has(verdict.type)) return verdict
  throw invalid(`'${verdict.type}', which '${point.name}' does not take`, point)

  function verdictOf(given: Value | undefined): Verdict | undefined {
    if (given === undefined || given === null || given === 'continue') return undefined
    if (given === 'skip') return skip()
    if (typeof given === 'string' && given !== '') return cancel(given)
    if (!isTable(given)) throw invalid(describe(given), point)
    return read(given, point)
  }
}

function isTable(value: Value): value is Table {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
}

function read(table: Table, point: ScriptPoint): Verdict | undefined {
  const { type } = table
  const keys = typeof type === 'string' && Object.hasOwn(KEYS, type) ? KEYS[type] : undefined
  if (!keys) throw invalid(`a table of type ${describe(type ?? null)}`, point)
  const other = Object.keys(table).find((key) => key !== 'type' && !keys.includes(key))
  const name = type as string
  if (other !== undefined) throw invalid(`'${name}' with the key '${other}'`, point)
  return make(name, table, point)
}

function make(type: string, table: Table, point: ScriptPoint): Verdict | undefined {
  const { data, result, reason, hint, to } = table
  switch (type) {
    case 'modify':
      if (data === undefined) throw invalid("'modify' without data", point)
      return modify(data)
    case 'cancel':
      return cancel(needed(reason, "'cancel' without a reason", point), textOf(hint, point))
    case 'replace':
      return replace(result ?? null)
    case 'retry':
      return retry(attempts(table, point))
    case 'redirect':
      return redirect(needed(to, "'redirect' without the name of another", point))
    case 'skip':
      return skip(textOf(reason, point))
    default:
      return undefined
  }
}

function attempts(table: Table, point: ScriptPoint): { delayMs?: number; maxAttempts?: number } {
  const { delay } = table
  const most = table['max_attempts'] ?? table['maxAttempts']
  const ms = typeof delay === 'number' || typeof delay === 'string' ? durationMs(delay) : undefined
  if (delay !== undefined && ms === undefined) throw invalid("'retry' with no such delay", point)
  const fits = Number.isInteger(most) && (most as number) >= 1 && (most as number) <= MOST_ATTEMPTS
  if (most !== undefined && !fits) {
    throw invalid(`'retry' whose max_attempts is not 1 to ${MOST_ATTEMPTS}`, point)
  }
  const parts = ms === undefined ? {} : { delayMs: ms }
  return most === undefined ? parts : { ...parts, maxAttempts: most as number }
}

function needed(value: Value | undefined, fault: string, point: ScriptPoint): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(fault, point)
}

function textOf(value: Value | undefined, point: ScriptPoint): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalid(`${describe(value)} for a text`, point)
}

/** HOOK_RESULT_INVALID: what was found, and what the point takes. */
export function invalid(found: string, { results, name }: ScriptPoint): SpellError {
  const taken = ['continue', ...results].join(', ')
  return new SpellError('HOOK_RESULT_INVALID', `The hook at '${name}' answered ${found}.`, {
    hint: `It can answer: ${taken}.`,
  })
}
