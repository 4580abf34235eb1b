import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imageHeader } from './image-header.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex')

const PNG = `89504e470d0a1a0a 0000000d ${ascii('IHDR')} 00000280 000001e0 0802000000`
const GIF = `${ascii('GIF89a')} 8002 e001 f7`
const JPEG = `ffd8 ffe0 0010 ${'00'.repeat(14)} ffff c2 0011 08 01e0 0280 03`
const WEBP = (kind: string, rest: string): string =>
  `${ascii('RIFF')} 00000000 ${ascii('WEBP')} ${ascii(kind)} 00000000 ${rest}`

describe('the header of an image', () => {
  test.each([
    ['png', PNG],
    ['gif', GIF],
    ['jpeg', JPEG],
    ['webp', WEBP('VP8 ', '000000 9d012a 8002 e001')],
    ['webp', WEBP('VP8L', '2f 7fc27700')],
    ['webp', WEBP('VP8X', '00000000 7f0200 df0100')],
  ])('of %s', (format, hex) => {
    const found = { format, mime: `image/${format}`, width: 640, height: 480 }
    expect(imageHeader(bytes(hex))).toEqual(found)
  })

  test('is not found where it is cut', () => {
    for (const hex of [PNG, GIF, JPEG]) {
      const whole = bytes(hex)
      for (let end = 0; end < whole.byteLength - 6; end++) {
        expect(imageHeader(whole.subarray(0, end))).toBeUndefined()
      }
    }
  })

  test.each([
    ['nothing', ''],
    ['text', ascii('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a JPEG without a frame', 'ffd8 ffd9 0000'],
    ['a RIFF of another kind', `${ascii('RIFF')} 00000000 ${ascii('WAVE')} ${ascii('fmt ')}`],
  ])('is not found in %s', (_what, hex) => {
    expect(imageHeader(bytes(hex))).toBeUndefined()
  })

  test('of any bytes is found or not, and never throws', () => {
    const starts = [PNG, GIF, JPEG, WEBP('VP8X', '')].map((hex) => bytes(hex).subarray(0, 16))
    const any = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }))
    fc.assert(
      fc.property(any, ([start, rest]) => {
        const found = imageHeader(Buffer.concat([start, rest]))
        expect(found === undefined || Number.isInteger(found.width * found.height)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
