import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MediaKind } from '@llmspell/sdk'
import { factsLine } from './facts.ts'
import { previewOf } from './index.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const box = (name: string, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, body])
}
const numbers = (...all: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(all.length * 4)
  all.forEach((one, i) => bytes.writeUInt32BE(one, i * 4))
  return bytes
}

const WAV = Buffer.concat([
  latin('RIFF\x24\0\0\0WAVEfmt \x10\0\0\0'),
  hex('0100 0200 44ac0000 10b10200 0400 1000'),
  latin('data'),
  hex('20c40a00'),
])
const FLAC = Buffer.concat([
  latin('fLaC'),
  hex('00000022 1000 1000 000000 000000'),
  hex('0ac442f0 00035d24'),
])
const OPUS = Buffer.concat([
  latin('OggS\0\x02'),
  Buffer.alloc(20),
  hex('0113'),
  latin('OpusHead'),
  hex('01 02 3801 80bb0000 0000 00'),
  latin('OggS\0\x04'),
  hex('3894110000000000'),
  Buffer.alloc(14),
])
const MP3 = Buffer.concat([
  hex('fffb9064'),
  Buffer.alloc(32),
  latin('Xing'),
  hex('00000001 00000400'),
  Buffer.alloc(400),
])
const AIFF = Buffer.concat([
  latin('FORM\0\0\0\0AIFFCOMM'),
  hex('00000012 0001 00005622 0010 400eac44000000000000'),
])
const MP4 = Buffer.concat([
  box('ftyp', latin('isom\0\0\x02\0')),
  box(
    'moov',
    box('mvhd', numbers(0, 0, 0, 1000, 65_500)),
    box(
      'trak',
      box('tkhd', Buffer.alloc(76), hex('07800000 04380000')),
      box(
        'mdia',
        box(
          'minf',
          box(
            'stbl',
            box(
              'stsd',
              numbers(0, 1),
              box(
                'mp4a',
                Buffer.alloc(8),
                numbers(0, 0),
                hex('0006 0010'),
                numbers(0),
                hex('bb800000'),
              ),
            ),
          ),
        ),
      ),
    ),
  ),
])
const WEBM = Buffer.concat([
  hex('1a45dfa3 84 42868101'),
  hex('18538067 01ffffffffffffff'),
  hex('1549a966 92 2ad7b1 83 0f4240 4489 88'),
  doubled(61_000),
  hex('1654ae6b 9f ae 9d e0 88 b0 82 0280 ba 82 01e0 e1 91 9f 81 02 b5 88'),
  doubled(48_000),
])
const AVI = Buffer.concat([
  latin('RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih\x38\0\0\0'),
  hex('409c0000'),
  Buffer.alloc(12),
  hex('32000000'),
  Buffer.alloc(12),
  hex('40010000 f0000000'),
])

function doubled(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

describe('facts of', () => {
  test.each<[string, MediaKind, Uint8Array, string]>([
    ['wav', 'audio', WAV, 'wav, 4.0 s, stereo, 44100 Hz'],
    ['flac', 'audio', FLAC, 'flac, 5.0 s, stereo, 44100 Hz'],
    ['opus', 'audio', OPUS, 'opus, 0:24, stereo, 48000 Hz'],
    ['mp3', 'audio', MP3, 'mp3, 0:27, stereo, 44100 Hz'],
    ['aiff', 'audio', AIFF, 'aiff, 0.5 s, mono, 44100 Hz'],
    ['mp4', 'video', MP4, 'mp4, 1:06, 1920 x 1080 pixels, 6 channels, 48000 Hz'],
    ['webm', 'video', WEBM, 'matroska, 1:01, 640 x 480 pixels, stereo, 48000 Hz'],
    ['avi', 'video', AVI, 'avi, 2.0 s, 320 x 240 pixels'],
    ['text', 'text', latin('words'), ''],
  ])('%s', (name, kind, bytes, expected) => {
    const line = factsLine({ kind, mime: `${kind}/${name}`, name: `a.${name}`, bytes })
    const [, , , ...details] = line.trimEnd().split(', ')
    expect(details.join(', ')).toBe(expected)
  })
})

const SAMPLES = [WAV, FLAC, OPUS, MP3, AIFF, MP4, WEBM, AVI]

test('are one harmless line whatever the bytes, the name and the type are', () => {
  const spoilt = fc
    .tuple(
      fc.constantFrom(...SAMPLES),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 20 }),
      fc.nat(400),
    )
    .map(([sample, changes, length]) => {
      const bytes = Buffer.from(sample)
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      return bytes.subarray(0, length)
    })
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(
      spoilt,
      fc.constantFrom('audio', 'video', 'image'),
      text,
      text,
      (bytes, kind, name, mime) => {
        expect(factsLine({ kind, mime, name, bytes })).toMatch(
          /^[^\p{Cc}\u202A-\u202E\u2066-\u2069]+\n$/u,
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('of boxes in boxes end', () => {
  let inner = box('moov')
  for (let i = 0; i < 3000; i++) inner = box('moov', inner)
  const bytes = Buffer.concat([box('ftyp', latin('isom')), inner])
  expect(factsLine({ kind: 'video', mime: 'video/mp4', bytes })).toContain('mp4')
})

test('are all there is without a decoder', async () => {
  const media = {
    kind: 'image',
    mime: 'image/png',
    name: '\u001B]0;x\u0007.png',
    bytes: latin('x'),
  } as const
  expect(await previewOf(media, { columns: 80, rows: 20, protocol: 'kitty' })).toBe(
    String.raw`\u{1b}]0;x\u{7}.png, image/png, 1 byte` + '\n',
  )
})
