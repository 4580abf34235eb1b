import { durationMs, durationText } from '@llmspell/sdk'
import { below, kindOf, quoted, type Findings } from './problem.ts'

export type Table = Readonly<Record<string, unknown>>

/** Checks one value that is there. */
export type FieldCheck = (value: unknown, path: string, findings: Findings) => void

/** Timers count no further. */
const MOST_MS = 24 * 86_400_000

export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}

export function expected(what: string, value: unknown, path: string, findings: Findings): void {
  findings.add(path, 'type', `Expected ${what}, found ${kindOf(value)}.`)
}

/** Whole numbers of a range. */
export function whole(least: number, most: number): FieldCheck {
  return (value, path, findings) => {
    const what = `a whole number from ${least} to ${most}`
    if (typeof value !== 'number') expected(what, value, path, findings)
    else if (!Number.isInteger(value) || value < least || value > most) {
      findings.add(path, 'value', `Expected ${what}, found ${value}.`)
    }
  }
}

export function between(least: number, most: number): FieldCheck {
  return (value, path, findings) => {
    const what = `a number from ${least} to ${most}`
    if (typeof value !== 'number') expected(what, value, path, findings)
    else if (!(value >= least && value <= most)) {
      findings.add(path, 'value', `Expected ${what}, found ${value}.`)
    }
  }
}

/** @param least in ms: 0, or 1 where no time at all would mean nothing */
export function duration(least: 0 | 1): FieldCheck {
  return (value, path, findings) => {
    const what = `a duration such as "30s"${least > 0 ? ' above 0' : ''}`
    if (typeof value !== 'number' && typeof value !== 'string') {
      return expected(what, value, path, findings)
    }
    const ms = durationMs(value)
    if (ms === undefined || ms < least) {
      findings.add(path, 'value', `Expected ${what}, found ${kindOf(value)}.`)
    } else if (ms > MOST_MS) {
      const most = durationText(MOST_MS)
      findings.add(path, 'value', `Expected at most ${most}, found ${kindOf(value)}.`)
    }
  }
}

export function oneOf(...words: readonly string[]): FieldCheck {
  const list = words.map((word) => `"${word}"`).join(', ')
  return (value, path, findings) => {
    if (typeof value !== 'string') return expected(`one of ${list}`, value, path, findings)
    if (words.includes(value)) return
    const message = `Expected one of ${list}, found ${quoted(value)}.`
    findings.addUnknown(path, 'value', message, [value, words])
  }
}

export const boolean: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'boolean') expected('true or false', value, path, findings)
}

export const text: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'string') expected('text', value, path, findings)
}

export const functionOnly: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'function') expected('a function', value, path, findings)
}

export const anything: FieldCheck = () => {}

/** Checks what is there; a key without a check is unknown, `elsewhere` may say where it belongs. */
export function checkFields(
  value: Table,
  checks: Readonly<Record<string, FieldCheck>>,
  path: string,
  findings: Findings,
  elsewhere?: (key: string) => string | undefined,
): void {
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined
    const place = below(path, key)
    if (check) check(field, place, findings)
    else unknownKey(key, Object.keys(checks), place, findings, elsewhere?.(key))
  }
}

function unknownKey(
  key: string,
  known: readonly string[],
  path: string,
  findings: Findings,
  elsewhere: string | undefined,
): void {
  if (elsewhere !== undefined) findings.add(path, 'unknown-key', elsewhere)
  else {
    const otherwise = `Known here: ${known.join(', ')}.`
    const message = `The key ${quoted(key)} means nothing here.`
    findings.addUnknown(path, 'unknown-key', message, [key, known, otherwise])
  }
}
