import { deflateSync } from 'node:zlib'
import { crc32 } from 'node:zlib'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A true PNG of one colour, with a comment of so many bytes to make it larger. */
export function png(width: number, height: number, filler = 0): Buffer {
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0])
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, 0x7f)])
  const rows = Buffer.concat(Array.from({ length: height }, () => row))
  const comment = filler > 0 ? [chunk('tEXt', Buffer.alloc(filler, 0x20))] : []
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...comment,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
