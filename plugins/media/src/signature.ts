import { imageHeader } from '@llmspell/sdk'

/** What the first bytes of a content are by themselves. */
export interface Signature {
  readonly mime: string
  /** Short name: `png`, `mp3`. */
  readonly format: string
  readonly width?: number
  readonly height?: number
}

type Row = readonly [offset: number, text: string, mime: string]

/** Marks of formats, the more particular first. Bytes are written as Latin-1. */
const ROWS: readonly Row[] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [8, 'WEBP', 'image/webp'],
  [0, '%PDF-', 'application/pdf'],
  [0, 'BM', 'image/bmp'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, 'ID3', 'audio/mpeg'],
  [0, 'fLaC', 'audio/flac'],
  [0, 'OggS\0', 'audio/ogg'],
  [0, 'FORM', 'audio/aiff'],
  [0, 'PK\x03\x04', 'application/zip'],
  [0, '\xd0\xcf\x11\xe0', 'application/x-ole-storage'],
  [8, 'WAVE', 'audio/wav'],
  [8, 'AVI ', 'video/x-msvideo'],
]

/** Brands of the ISO base media file format that are not simply a film. */
const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/^avi[fs]$/, 'image/avif'],
  [/^(?:hei[cxms]|mif1|msf1)$/, 'image/heic'],
  [/^M4[AB] $/, 'audio/mp4'],
  [/^qt {2}$/, 'video/quicktime'],
]

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

const named = (mime: string): Signature => ({
  mime,
  format: mime.replace(/^.*\/(?:x-)?/, ''),
})

/** The format of binary content by its first bytes; undefined for text and for what has no known mark. */
export function signatureOf(bytes: Uint8Array): Signature | undefined {
  const image = imageHeader(bytes)
  if (image) return image
  if (bytes[0] === 0 && latin(bytes, 4, 8) === 'ftyp') return named(brandOf(latin(bytes, 8, 12)))
  if (latin(bytes, 0, 4) === '\x1aE\xdf\xa3') return named(matroskaOf(latin(bytes, 4, 64)))
  const row = ROWS.find(([offset, mark]) => latin(bytes, offset, offset + mark.length) === mark)
  if (row && isWhole(row, bytes)) return named(row[2])
  return mpegOf(bytes)
}

const brandOf = (brand: string): string =>
  BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? 'video/mp4'

/** https://www.matroska.org/technical/elements.html: the document type stands in the header. */
const matroskaOf = (head: string): string =>
  head.includes('webm') ? 'video/webm' : 'video/x-matroska'

/** Short marks are also the beginning of words: what must follow them decides. */
function isWhole([, mark, mime]: Row, bytes: Uint8Array): boolean {
  if (mark === 'BM') return bytes.length >= 26 && latin(bytes, 6, 10) === '\0\0\0\0'
  if (mark === 'FORM') return /^AIF[FC]$/.test(latin(bytes, 8, 12))
  if (mark === 'ID3') return bytes.length >= 10 && bytes[3]! < 0x10
  if (mark === 'fLaC') return (bytes[4]! & 0x7f) === 0
  if (mime === 'audio/wav' || mark === 'AVI ' || mark === 'WEBP')
    return latin(bytes, 0, 4) === 'RIFF'
  return true
}

/** A frame of MPEG audio begins with eleven bits that are set; ADTS is AAC. */
function mpegOf(bytes: Uint8Array): Signature | undefined {
  const [first = 0, second = 0, third = 0] = bytes
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined
  if ((second & 0xf6) === 0xf0) return named('audio/aac')
  const hasLayer = (second & 0x06) !== 0 && (second & 0x18) !== 0x08
  const hasRates = (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c
  return hasLayer && hasRates ? named('audio/mpeg') : undefined
}
