import { crc32, deflateSync } from 'node:zlib'
import type { Pixels } from '@llmspell/sdk'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** The pixels as a PNG file without anything else in it. https://www.w3.org/TR/png-3/ */
export function pngOf({ width, height, rgba }: Pixels): Buffer {
  const head = Buffer.from('00000000000000000806000000', 'hex')
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  const rows = Buffer.alloc((width * 4 + 1) * height)
  for (let y = 0; y < height; y++)
    rows.set(rgba.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1)
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND')]
  return Buffer.concat([SIGNATURE, ...parts])
}

function chunk(name: string, data: Uint8Array = new Uint8Array()): Buffer {
  const whole = Buffer.alloc(data.byteLength + 12)
  whole.writeUInt32BE(data.byteLength, 0)
  whole.write(name, 4, 'latin1')
  whole.set(data, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), data.byteLength + 8)
  return whole
}
