import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsOf } from './facts.ts'
import { signatureOf } from './signature.ts'

const bytes = (latin: string): Uint8Array => Uint8Array.from(Buffer.from(latin, 'latin1'))
const claim = (mime: string) => ({ mime, by: 'its type' })

const PNG = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0')

describe('a content is known by its first bytes', () => {
  test.each([
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x07\0\0\0\x05', 'image/png', 'image'],
    ['\xff\xd8\xff\xe1\xff\xff', 'image/jpeg', 'image'],
    ['GIF89a\x02\0\x03\0', 'image/gif', 'image'],
    ['RIFF\0\0\0\0WEBPVP9 ', 'image/webp', 'image'],
    ['RIFF\0\0\0\0WAVEfmt ', 'audio/wav', 'audio'],
    ['RIFF\0\0\0\0AVI LIST', 'video/x-msvideo', 'video'],
    ['\0\0\0\x20ftypisom\0\0\0\0', 'video/mp4', 'video'],
    ['\0\0\0\x20ftypM4A \0\0\0\0', 'audio/mp4', 'audio'],
    ['\0\0\0\x20ftypqt  \0\0\0\0', 'video/quicktime', 'video'],
    ['\0\0\0\x20ftypavif\0\0\0\0', 'image/avif', 'image'],
    ['\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm', 'video/webm', 'video'],
    ['\x1aE\xdf\xa3\x9fB\x82\x88matroska', 'video/x-matroska', 'video'],
    ['ID3\x04\0\0\0\0\0\0', 'audio/mpeg', 'audio'],
    ['\xff\xfb\x90\x64', 'audio/mpeg', 'audio'],
    ['\xff\xf1\x50\x80', 'audio/aac', 'audio'],
    ['fLaC\0\0\0"', 'audio/flac', 'audio'],
    ['OggS\0\x02', 'audio/ogg', 'audio'],
    ['%PDF-1.7\n', 'application/pdf', 'document'],
    ['PK\x03\x04\x14\0', 'application/zip', 'document'],
    ['Roses are red', 'text/plain', 'text'],
    ['\0\x01\x02\x03', 'application/octet-stream', 'document'],
    ['', 'text/plain', 'text'],
  ])('%j is %s', (latin, mime, kind) => {
    expect(factsOf(bytes(latin), undefined)).toMatchObject({ mime, kind })
  })

  test.each(['BMW drives', 'ID3 is a tag', 'The ftyp box', 'fLaCs', 'OggSome', 'FORM 5', 'II* x'])(
    'the text %j is a text',
    (text) => {
      expect(factsOf(bytes(text), undefined).mime).toBe('text/plain')
    },
  )

  test('a picture says its size', () => {
    expect(factsOf(PNG, undefined)).toEqual({
      kind: 'image',
      mime: 'image/png',
      format: 'png',
      width: 7,
      height: 5,
    })
  })

  test('any bytes are something, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (some) => {
        const { kind, mime } = factsOf(some, undefined)
        expect(kind).toMatch(/^(image|audio|video|document|text)$/)
        expect(factsOf(some, claim(mime)).mime).toBe(mime)
      }),
    )
  })

  test('any mark with any bytes behind it is read without harm', () => {
    const marks = [
      '\xff\xd8\xff',
      'RIFF',
      '\0\0\0\x20ftyp',
      '\x1aE\xdf\xa3',
      '\x89PNG\r\n',
      'GIF89a',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...marks), fc.uint8Array({ maxLength: 80 }), (mark, rest) => {
        const found = signatureOf(Uint8Array.from([...bytes(mark), ...rest]))
        expect(found?.format ?? 'none').toMatch(/^[\w.+-]+$/)
      }),
    )
  })
})

describe('what is claimed must fit', () => {
  test.each([
    ['%PDF-1.7', 'image/png'],
    ['Roses', 'image/png'],
    ['Roses', 'application/pdf'],
    ['GIF89a\x02\0\x03\0', 'image/png'],
    ['\0\x01\x02', 'text/plain'],
    ['\0\x01\x02', 'video/mp4'],
    ['', 'image/png'],
    ['PK\x03\x04\x14\0', 'image/jpeg'],
    ['\0\0\0\x20ftypavif\0\0\0\0', 'video/mp4'],
  ])('%j is not %s', (latin, mime) => {
    expect(() => factsOf(bytes(latin), claim(mime))).toThrow(
      expect.objectContaining({ code: 'MEDIA_MISMATCH' }) as Error,
    )
  })

  test.each([
    ['Roses', 'text/markdown', 'text', 'text/markdown'],
    ['<svg/>', 'image/svg+xml', 'image', 'image/svg+xml'],
    ['{}', 'application/json; charset=utf-8', 'text', 'application/json'],
    ['RIFF\0\0\0\0WAVE', 'audio/x-wav', 'audio', 'audio/wav'],
    ['\xff\xd8\xff\xe1', 'image/jpg', 'image', 'image/jpeg'],
    ['\0\0\0\x20ftypisom', 'audio/mp4', 'audio', 'audio/mp4'],
    ['PK\x03\x04\x14\0', 'application/epub+zip', 'document', 'application/epub+zip'],
    ['\0\x01', 'application/octet-stream', 'document', 'application/octet-stream'],
    ['GIF89a\x02\0\x03\0', 'application/octet-stream', 'image', 'image/gif'],
    ['\0\x01', 'model/gltf-binary', 'document', 'model/gltf-binary'],
  ])('%j may be %s', (latin, given, kind, mime) => {
    expect(factsOf(bytes(latin), claim(given))).toMatchObject({ kind, mime })
  })

  test('the last character of a beginning may be cut', () => {
    const cut = Uint8Array.from(Buffer.from('Rosé €')).slice(0, -1)
    expect(factsOf(cut, undefined).mime).toBe('application/octet-stream')
    expect(factsOf(cut, undefined, true).mime).toBe('text/plain')
  })
})
