import { createWriteStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Duplex } from 'node:stream'
import { constants, crc32, createDeflateRaw, createGzip, createZstdCompress } from 'node:zlib'
import { fields, tar, tarHeader, zip } from './archive-bytes.ts'
import type { EntrySpec } from './archive-bytes.ts'

function* zeros(count: number): Generator<Buffer> {
  const piece = Buffer.alloc(65_536)
  for (let left = count; left > 0; left -= piece.length) yield piece.subarray(0, left)
}

function* joined(...parts: readonly Iterable<Buffer>[]): Generator<Buffer> {
  for (const part of parts) yield* part
}

/** Packs without holding: what measures memory must not have spent it before. */
async function streamed(content: Iterable<Buffer>, packer: Duplex, path: string): Promise<void> {
  await pipeline(Readable.from(content), packer, createWriteStream(path))
}

/** Large bombs, written to a file. Each gives `count` zeros out of far fewer bytes. */
export const BOMBS: Readonly<Record<string, (path: string, count: number) => Promise<void>>> = {
  gz: (path, count) => streamed(zeros(count), createGzip({ level: 1 }), path),
  zst: (path, count) => streamed(zeros(count), createZstdCompress(), path),
  'zst with a window of 128 MiB': (path, count) => {
    const params = { [constants.ZSTD_c_windowLog]: 27 }
    return streamed(zeros(count), createZstdCompress({ params }), path)
  },
  'tar.gz': (path, count) => {
    const header = tarHeader({ name: 'bomb', claims: count }, count)
    return streamed(
      joined([header], zeros(count), [Buffer.alloc(1024)]),
      createGzip({ level: 1 }),
      path,
    )
  },
  'tar.gz of one header': (path, count) => {
    const header = tarHeader({ name: 'facts', flag: 'x', claims: count }, count)
    return streamed(joined([header], zeros(count)), createGzip({ level: 1 }), path)
  },
  'tar.gz of entries': (path, count) => {
    // Beyond the cap nobody looks at the names.
    const first = Array.from({ length: 12_000 }, (_, i) => tarHeader({ name: `e${i}` }, 0))
    const same = Buffer.concat(Array.from({ length: 128 }, () => first[0]!))
    const rest = Array.from({ length: count / same.length }, () => same)
    const headers = [Buffer.concat(first), ...rest]
    return streamed(headers, createGzip({ level: 1 }), path)
  },
  // Each entry brings folders of its own, by a header of facts.
  'tar.gz of folders': (path) => {
    const entries = Array.from({ length: 9000 }, (_, i) => {
      const parts = Array.from(
        { length: 60 },
        (_part, depth) => `${100_000 + i}-folder${10 + depth}`,
      )
      const rest = ` path=${parts.join('/')}\n`
      return [{ name: 'facts', flag: 'x', text: `${rest.length + 3}${rest}` }, { name: 'file' }]
    })
    return streamed([tar(entries.flat())], createGzip(), path)
  },
  'zip of names of 64 KB': (path) => {
    const entries = Array.from({ length: 2000 }, (_, i) => ({ name: `${i}`.padEnd(65_000, 'n') }))
    return streamed([zip(entries)], new PassThrough(), path)
  },
  zip: async (path, count) => {
    const packedParts: Buffer[] = []
    let sum = 0
    for (const piece of zeros(count)) sum = crc32(piece, sum)
    const stream = Readable.from(zeros(count)).pipe(createDeflateRaw({ level: 9 }))
    for await (const part of stream) packedParts.push(part as Buffer)
    const spec = { name: 'bomb', text: '', crc: sum, claims: count }
    await pipeline([bombZip(spec, Buffer.concat(packedParts), count)], createWriteStream(path))
  },
  // The directory says that little comes out.
  'zip that lies about its size': async (path, count) => {
    const packedParts: Buffer[] = []
    const stream = Readable.from(zeros(count)).pipe(createDeflateRaw({ level: 9 }))
    for await (const part of stream) packedParts.push(part as Buffer)
    await pipeline(
      [bombZip({ name: 'bomb' }, Buffer.concat(packedParts), 10)],
      createWriteStream(path),
    )
  },
}

function bombZip({ name, crc = 0 }: EntrySpec, data: Buffer, size: number): Buffer {
  const common = fields(
    [20, 2],
    [0x800, 2],
    [8, 2],
    [0, 2],
    [0x5821, 2],
    [crc, 4],
    [data.length, 4],
    [size, 4],
    [name.length, 2],
    [0, 2],
  )
  const label = Buffer.from(name)
  const head = Buffer.concat([fields([0x04034b50, 4]), common, label, data])
  const rest = fields([0, 2], [0, 2], [0, 2], [0, 4], [0, 4])
  const central = Buffer.concat([fields([0x02014b50, 4], [0x031e, 2]), common, rest, label])
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [1, 2], [1, 2])
  return Buffer.concat([head, central, end, fields([central.length, 4], [head.length, 4], [0, 2])])
}
