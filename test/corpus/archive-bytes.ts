import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'

/** One entry as a row of the corpus writes it: what it leaves out is as an honest archiver does it. */
export interface EntrySpec {
  readonly name: string
  readonly text?: string
  /** Its content instead: so many zeros. */
  readonly zeros?: number
  readonly times?: number
  /** Of a zip. */
  readonly method?: number
  readonly flags?: number
  readonly crc?: number
  readonly mode?: number
  readonly localName?: string
  /** The size that it claims to have unpacked, or in a tar. */
  readonly claims?: number | string
  /** Its stored bytes are the next entry, header and all. */
  readonly quotes?: boolean
  /** Of a tar: its type, and where a link leads. */
  readonly flag?: string
  readonly link?: string
  readonly badSum?: boolean
}

export interface ArchiveSpec {
  readonly format: string
  readonly entries: readonly EntrySpec[]
  /** Of a zip: how many entries its end says there are. */
  readonly claims?: number
  /** Bytes left out at the end, or all from a place on. */
  readonly cut?: number
  readonly keep?: number
  readonly after?: string
  /** Of a tar: without the blocks that end it. */
  readonly open?: boolean
}

/** The bytes of an archive that keeps the rules only as far as its row does. */
export function archiveBytes(spec: ArchiveSpec): Buffer {
  const whole = Buffer.concat([packed(spec), Buffer.from(spec.after ?? '')])
  return whole.subarray(0, spec.keep ?? whole.length - (spec.cut ?? 0))
}

function packed(spec: ArchiveSpec): Buffer {
  const entries = spec.entries.flatMap((entry) =>
    Array.from({ length: entry.times ?? 1 }, (_, i) =>
      entry.times ? { ...entry, name: entry.name.replace('#', String(i)) } : entry,
    ),
  )
  if (spec.format === 'zip') return zip(entries, spec.claims)
  if (spec.format === 'raw') return Buffer.from(entries[0]?.text ?? '')
  if (spec.format === 'gz') return gzipSync(contentOf(entries[0]!))
  if (spec.format === 'zst') return zstdCompressSync(contentOf(entries[0]!))
  const bytes = tar(entries, spec.open)
  if (spec.format === 'tar') return bytes
  return spec.format === 'tar.gz' ? gzipSync(bytes) : zstdCompressSync(bytes)
}

function contentOf({ text = '', zeros }: EntrySpec): Buffer {
  return zeros === undefined ? Buffer.from(text) : Buffer.alloc(zeros)
}

interface Local {
  readonly bytes: Buffer
  readonly header: number
  readonly central: (offset: number) => Buffer
}

export function zip(entries: readonly EntrySpec[], claims = entries.length): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (let i = 0; i < entries.length; i++) {
    const inner = entries[i]!.quotes ? local(entries[i + 1]!) : undefined
    const outer = local(entries[i]!, inner?.bytes)
    parts.push(outer.bytes)
    directory.push(outer.central(at))
    if (inner) directory.push(inner.central(at + outer.header))
    at += outer.bytes.length
    if (inner) i++
  }
  const central = Buffer.concat(directory)
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [claims, 2], [claims, 2])
  return Buffer.concat([...parts, central, end, fields([central.length, 4], [at, 4], [0, 2])])
}

function local(entry: EntrySpec, quoted?: Buffer): Local {
  const content = quoted ?? contentOf(entry)
  const method = quoted ? 0 : (entry.method ?? (content.length > 100 ? 8 : 0))
  const data = method === 8 ? deflateRawSync(content) : content
  const name = Buffer.from(entry.name)
  const localName = Buffer.from(entry.localName ?? entry.name)
  const flags = entry.flags ?? 0x800
  const size = Number(entry.claims ?? content.length)
  const common = (length: number): Buffer =>
    fields(
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 2],
      [0x5821, 2],
      [entry.crc ?? crc32(content), 4],
      [data.length, 4],
      [size, 4],
      [length, 2],
      [0, 2],
    )
  const header = Buffer.concat([fields([0x04034b50, 4]), common(localName.length), localName])
  const mode = ((entry.mode ?? 0o100644) << 16) >>> 0
  const central = (offset: number): Buffer =>
    Buffer.concat([
      fields([0x02014b50, 4], [0x031e, 2]),
      common(name.length),
      fields([0, 2], [0, 2], [0, 2], [mode, 4], [offset, 4]),
      name,
    ])
  return { bytes: Buffer.concat([header, data]), header: header.length, central }
}

/** Numbers with their sizes in bytes, the lowest first. */
export function fields(...values: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, size]) => {
      const bytes = Buffer.alloc(size)
      bytes.writeUIntLE(value, 0, size)
      return bytes
    }),
  )
}

export function tar(entries: readonly EntrySpec[], open = false): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = contentOf(entry)
    return [tarHeader(entry, content.length), content, Buffer.alloc(-content.length & 511)]
  })
  return Buffer.concat(open ? parts : [...parts, Buffer.alloc(1024)])
}

export function tarHeader(entry: EntrySpec, length: number): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write(entry.name, 0, 100)
  bytes.write('0000000\x000000000\x000000000\x00', 100)
  bytes.write(((entry.mode ?? 0o644) & 0o7777).toString(8).padStart(7, '0'), 100)
  const claims = entry.claims ?? length
  const size = typeof claims === 'string' ? claims : claims.toString(8).padStart(11, '0')
  bytes.write(size, 124, 12, 'latin1')
  bytes.write('00000000000\0', 136)
  bytes.write(`        ${entry.flag ?? '0'}`, 148)
  bytes.write(entry.link ?? '', 157, 100)
  bytes.write('ustar\x0000', 257)
  const sum = bytes.reduce((total, byte) => total + byte, entry.badSum ? 1 : 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}
