import { printable } from '@llmspell/sdk'
import type { UuidResult } from './generated/output.ts'

const PLAIN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NIL = '00000000-0000-0000-0000-000000000000'
const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

// 100 ns steps from 1582-10-15, the first day of the Gregorian calendar, to 1970-01-01.
const GREGORIAN = 0x01b2_1dd2_1381_4000n

/** The plain form, from `urn:uuid:…`, `{…}` or any case; undefined where the text is no UUID. */
export function plainForm(text: string): string | undefined {
  const lower = text.trim().toLowerCase()
  const bare = /^\{.*\}$/.test(lower) ? lower.slice(1, -1) : lower.replace(/^urn:uuid:/, '')
  return PLAIN.test(bare) ? bare : undefined
}

/** What a UUID says of itself. The time is what its maker wrote: nothing proves it. */
export function read(text: string): UuidResult {
  const uuid = plainForm(text)
  if (uuid === undefined) {
    const found = text.trim() === '' ? 'nothing' : `'${printable(text, 60)}'`
    const expected = '32 hexadecimal digits in groups of 8-4-4-4-12'
    return { valid: false, reason: `expected ${expected}, found ${found}` }
  }
  if (uuid === NIL) return { valid: true, uuid, version: 0, variant: 'nil' }
  if (uuid === MAX) return { valid: true, uuid, version: 15, variant: 'max' }
  const variant = variantOf(uuid)
  if (variant !== 'rfc9562') return { valid: true, uuid, variant }
  const version = Number.parseInt(uuid[14]!, 16)
  const time = timeOf(uuid, version)
  return { valid: true, uuid, version, variant, ...(time === undefined ? {} : { time }) }
}

function variantOf(uuid: string): 'ncs' | 'rfc9562' | 'microsoft' | 'reserved' {
  const bits = Number.parseInt(uuid[19]!, 16)
  if (bits < 8) return 'ncs'
  if (bits < 12) return 'rfc9562'
  return bits < 14 ? 'microsoft' : 'reserved'
}

function timeOf(uuid: string, version: number): string | undefined {
  const [low, middle, high] = uuid.split('-') as [string, string, string]
  if (version === 7) return iso(BigInt(`0x${low}${middle}`))
  const count =
    version === 1 ? high.slice(1) + middle + low : version === 6 ? low + middle + high.slice(1) : ''
  return count === '' ? undefined : iso((BigInt(`0x${count}`) - GREGORIAN) / 10_000n)
}

/** Undefined where it is later than any date there is. */
function iso(ms: bigint): string | undefined {
  const date = new Date(Number(ms))
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
