/** What the header of an image claims. Nothing is decoded: the claim may be false. */
export interface ImageHeader {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp'
  readonly mime: string
  /** In pixels, as stored: before any orientation. */
  readonly width: number
  readonly height: number
}

/**
 * Reads format and size from the first bytes of a file; undefined where it is none of the four formats or
 * its header is cut. A JPEG may need all of its bytes.
 */
export function imageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return png(view) ?? gif(view) ?? webp(view) ?? jpeg(view)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Read = ImageHeader | undefined

/** https://www.w3.org/TR/png-3/#11IHDR */
function png(view: DataView): Read {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined
  if (text(view, 12, 4) !== 'IHDR') return undefined
  return header('png', view.getUint32(16), view.getUint32(20))
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function gif(view: DataView): Read {
  if (!/^GIF8[79]a$/.test(text(view, 0, 6))) return undefined
  return header('gif', view.getUint16(6, true), view.getUint16(8, true))
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(view: DataView): Read {
  if (text(view, 0, 4) !== 'RIFF' || text(view, 8, 4) !== 'WEBP') return undefined
  switch (text(view, 12, 4)) {
    case 'VP8 ':
      return header('webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return header('webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
    }
    case 'VP8X':
      return header('webp', 1 + uint24(view, 24), 1 + uint24(view, 27))
    default:
      return undefined
  }
}

/** ITU-T T.81, annex B: the frame header is the first marker SOF0 to SOF15, without DHT, JPG and DAC. */
function jpeg(view: DataView): Read {
  if (view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at++
    else if (isFrame(marker)) return header('jpeg', view.getUint16(at + 7), view.getUint16(at + 5))
    else at += 2 + (isBare(marker) ? 0 : view.getUint16(at + 2))
  }
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

function isBare(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
}

function header(format: ImageHeader['format'], width: number, height: number): ImageHeader {
  return { format, mime: `image/${format}`, width, height }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

function text(view: DataView, at: number, length: number): string {
  let found = ''
  for (let i = at; i < at + length; i++) found += String.fromCharCode(view.getUint8(i))
  return found
}
