import { SpellError, checkValue, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/
const LONGEST = 8192

/** What was thrown, as it goes to the other side. */
export function failureOf(error: unknown): unknown {
  if (isSpellError(error)) return { ...toErrorRecord(error), coded: true }
  return { message: error instanceof Error ? error.message : String(error) }
}

/** What the other side threw: of a SpellError its code, texts and details, of all else the text. */
export function thrownFrom(value: unknown): Error {
  const { code, message, hint, details, coded } = (value ?? {}) as Record<string, unknown>
  const text = textOf(message) ?? 'It failed without a reason.'
  if (coded !== true || typeof code !== 'string' || !CODE.test(code)) return new Error(text)
  return new SpellError(code, text, { hint: textOf(hint), details: plain(details) })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, LONGEST).toWellFormed() : undefined
}

function plain(value: unknown): Value | undefined {
  try {
    return value === undefined ? undefined : checkValue(value, { refs: false })
  } catch {
    return undefined
  }
}
