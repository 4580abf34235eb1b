import type { Value } from '@llmspell/sdk'

/** A value as a script writes it; undefined for what is no short text, number or truth. */
export function literalOf(language: string, value: Value | undefined): string | undefined {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value !== 'string' || value.length > 2000) return undefined
  return language === 'lua' ? luaText(value) : JSON.stringify(value)
}

function luaText(text: string): string {
  const inner = text.replaceAll(/["\\\p{Cc}]/gu, (sign) =>
    sign === '"' || sign === '\\' ? `\\${sign}` : `\\u{${sign.codePointAt(0)!.toString(16)}}`,
  )
  return `"${inner}"`
}
