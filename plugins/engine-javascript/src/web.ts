import { SpellError } from '@llmspell/sdk'

const PARTS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const
const SETTABLE: readonly string[] = PARTS.filter((part) => part !== 'origin' && part !== 'href')

type Asked = readonly [url: string, base: string | null, part?: string, value?: string]

/** The parts of a URL; with a part and a value, after that change. @throws INPUT_INVALID */
export function urlParts([url, base, part, value]: Asked): Record<string, string> {
  const parsed = URL.parse(url, base ?? undefined)
  if (!parsed) throw new SpellError('INPUT_INVALID', `Invalid URL '${url}'.`)
  if (part !== undefined && SETTABLE.includes(part)) Object.assign(parsed, { [part]: value })
  return Object.fromEntries(PARTS.map((name) => [name, parsed[name]]))
}

/** The pairs of a query, or the query of pairs. */
export function query(what: string, input: unknown): unknown {
  if (what === 'parse') return [...new URLSearchParams(String(input))]
  return new URLSearchParams(input as [string, string][]).toString()
}

/** @throws INPUT_INVALID where the bytes are no UTF-8 and that matters */
export function decodeText(bytes: Uint8Array, fatal: boolean, ignoreBOM: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal, ignoreBOM }).decode(bytes)
  } catch {
    throw new SpellError('INPUT_INVALID', 'The bytes are no UTF-8 text.')
  }
}
