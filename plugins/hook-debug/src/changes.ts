import { scrubbed, type ScrubOptions, type Value } from '@llmspell/sdk'

const MOST = 5
const LONGEST = 60

/** The places where two values differ: `params.expression: "2" → "4"`. Secrets are masked. */
export function changesOf(
  before: unknown,
  after: unknown,
  redact: ScrubOptions['redact'],
): readonly string[] {
  const options = { redact, text: 2000, values: 2000 }
  const found: string[] = []
  compare(scrubbed(before, options), scrubbed(after, options), '', found)
  const rest = found.length - MOST
  return rest > 0 ? [...found.slice(0, MOST), `and ${rest} more`] : found
}

function compare(one: Value | undefined, other: Value | undefined, path: string, found: string[]) {
  if (one === other) return
  if (!isTable(one) || !isTable(other)) {
    found.push(`${path === '' ? 'all' : path}: ${shown(one)} → ${shown(other)}`)
    return
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    compare(one[key], other[key], path === '' ? key : `${path}.${key}`, found)
  }
}

function isTable(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null
}

function shown(value: Value | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  const chars = Array.from(text)
  return chars.length <= LONGEST ? text : `${chars.slice(0, LONGEST - 1).join('')}…`
}
