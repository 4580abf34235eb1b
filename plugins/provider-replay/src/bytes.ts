import type { Json, JsonTable } from './json.ts'

const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'video/mp4': '.mp4',
  'application/pdf': '.pdf',
  'text/plain': '.txt',
}

/** Contents that lie beside a cassette, by the name of their file. */
export type Sidecar = Map<string, Uint8Array>

/** What a cassette holds in the place of bytes. */
export interface BytesNote extends JsonTable {
  readonly sha256: string
  readonly bytes: number
}

/** The value as JSON; bytes become a note of hash and size, and go into the sidecar. */
export function withoutBytes(value: unknown, sidecar: Sidecar, mime = ''): Json | undefined {
  if (value instanceof Uint8Array) return noteOf(value, sidecar, mime)
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value !== 'object')
    return typeof value === 'function' ? undefined : (value as Json)
  if (Array.isArray(value)) return value.map((item) => withoutBytes(item, sidecar) ?? null)
  const table = value as Readonly<Record<string, unknown>>
  const kind = typeof table['mime'] === 'string' ? table['mime'] : ''
  const entries = Object.entries(table).map(([key, item]) => {
    const bytes = key === 'data' && kind !== '' ? bytesIn(item) : undefined
    return [key, withoutBytes(bytes ?? item, sidecar, kind)] as const
  })
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}

/** Base64, bare or in a data URL; undefined for an address. */
function bytesIn(data: unknown): Uint8Array | undefined {
  if (typeof data !== 'string') return undefined
  const bare = /^data:[^,]*;base64,(.*)$/s.exec(data)?.[1]
  if (bare === undefined && /^[a-z][a-z0-9+.-]*:/i.test(data)) return undefined
  return new Uint8Array(Buffer.from(bare ?? data, 'base64'))
}

function noteOf(bytes: Uint8Array, sidecar: Sidecar, mime: string): BytesNote {
  const note = { sha256: sha256(bytes), bytes: bytes.byteLength }
  sidecar.set(fileOf(note.sha256, mime), bytes)
  return note
}

/** Name of the file that holds bytes of this hash. */
export function fileOf(hash: string, mime: string): string {
  return `${hash}${ENDINGS[mime] ?? '.bin'}`
}

export function sha256(bytes: Uint8Array): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(bytes).digest('hex')
}
