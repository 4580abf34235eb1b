import type { CommandEnd } from '@llmspell/sdk'
import type { CommandResult } from './generated/output.ts'
import type { Shown } from './folder.ts'

/**
 * Characters of both outputs together in one result. One call carries 1 MiB, and a result stands in it four times.
 */
export const MAX_TEXT = 240 * 1024

export function resultOf(end: CommandEnd, kind: Shown['kind']): CommandResult {
  const stdout = decoded(end.stdout, end.ended === 'output')
  const stderr = decoded(end.stderr, end.ended === 'output')
  const kept = [
    cut(stdout.text, MAX_TEXT),
    cut(stderr.text, MAX_TEXT - cut(stdout.text, MAX_TEXT).length),
  ]
  const whole = kept[0] === stdout.text && kept[1] === stderr.text
  return {
    ok: end.ended === 'exit' && end.code === 0,
    code: end.code,
    signal: end.signal,
    ended: end.ended,
    stdout: kept[0]!,
    stderr: kept[1]!,
    invalid: stdout.invalid || stderr.invalid,
    truncated: end.ended === 'output' || !whole,
    duration_ms: Number(end.durationMs.toFixed(3)),
    jail: end.jail,
    folder: end.jail === 'none' ? 'host' : kind,
  }
}

/** @param isCut the bytes end because no more were taken: half a character at the end is no fault */
function decoded(bytes: Uint8Array, isCut: boolean): { text: string; invalid: boolean } {
  const options = { stream: isCut }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, options)
    return { text, invalid: false }
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), invalid: true }
  }
}

/** Never within a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const kept = text.slice(0, length)
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept
}
