import type { Span } from './pattern.ts'

const RUNS = /[A-Za-z0-9+/_-]{24,}={0,2}/g
/** Characters of one run that are looked at. */
const MOST = 64 * 1024
const READABLE = 0.9

/** Text that is written in base64, and where it stands. */
export function* encodedTexts(
  text: string,
): Generator<{ readonly text: string; readonly at: Span }> {
  for (const found of text.matchAll(RUNS)) {
    const run = found[0]
    const decoded = Buffer.from(run.slice(0, MOST), 'base64').toString('utf8')
    if (isReadable(decoded)) yield { text: decoded, at: [found.index, found.index + run.length] }
  }
}

function isReadable(text: string): boolean {
  if (text.length < 12) return false
  const readable = text.match(/[\p{L}\p{N}\p{P}\p{Zs}\n]/gu)?.length ?? 0
  return !text.includes('\uFFFD') && readable / text.length >= READABLE
}
