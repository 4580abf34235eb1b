import type { HttpRequestInput } from './generated/input.ts'

export interface Kind {
  readonly encoding: 'text' | 'base64'
  readonly json: boolean
  /** The first bytes are those of no text, whatever the type says. */
  readonly binary: boolean
}

const LOOKED_AT = 1024
const JSON_TYPE = /^(?:application|text)\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i
const TEXT_TYPE =
  /^(?:text\/|application\/(?:json|xml|javascript|x-www-form-urlencoded|x-ndjson|yaml|toml|[\w.-]+\+(?:json|xml))\s*(?:;|$)|image\/svg\+xml|multipart\/)/i
const WIDE = /charset\s*=\s*"?utf-?(?:16|32)/i

/** What a body is taken for, by what is wanted, what it says of itself, and what its first bytes are. */
export function kindOf(
  wanted: HttpRequestInput['response'],
  type: string | undefined,
  start: Uint8Array,
): Kind {
  const binary = isBinary(start, type)
  if (wanted === 'base64') return { encoding: 'base64', json: false, binary }
  if (wanted === 'text') return { encoding: 'text', json: false, binary }
  if (wanted === 'json') return { encoding: 'text', json: true, binary }
  const text = !binary && (type === undefined || TEXT_TYPE.test(type))
  return { encoding: text ? 'text' : 'base64', json: text && JSON_TYPE.test(type ?? ''), binary }
}

function isBinary(start: Uint8Array, type: string | undefined): boolean {
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  if (wide || WIDE.test(type ?? '')) return false
  return start.subarray(0, LOOKED_AT).some(isNoText)
}

/** Control bytes that no text has in any charset: all but tab, line ends, form feed and the escape of ISO-2022. */
function isNoText(byte: number): boolean {
  return byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27
}
