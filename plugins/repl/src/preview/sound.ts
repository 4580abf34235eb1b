import type { Facts } from './facts.ts'
import { mpegFacts } from './mpeg.ts'
import { latin, viewOf, within } from './view.ts'

/** What a file of sound says of itself; undefined where it is no WAV, FLAC, Ogg, AIFF or MP3. */
export function soundFacts(bytes: Uint8Array): Facts | undefined {
  const view = viewOf(bytes)
  return within(() => wav(view) ?? flac(view) ?? ogg(view) ?? aiff(view)) ?? mpegFacts(bytes)
}

type Read = Facts | undefined

/** The part of that name among parts with a length before them. */
function part(
  view: DataView,
  name: string,
  little: boolean,
): readonly [number, number] | undefined {
  for (let at = 12; at + 8 <= view.byteLength;) {
    const length = view.getUint32(at + 4, little)
    if (latin(view, at, 4) === name) return [at + 8, length]
    at += 8 + length + (length % 2)
  }
  return undefined
}

function wav(view: DataView): Read {
  if (latin(view, 0, 4) !== 'RIFF' || latin(view, 8, 4) !== 'WAVE') return undefined
  const [at] = part(view, 'fmt ', true) ?? []
  if (at === undefined) return { format: 'wav' }
  const [, length = 0] = part(view, 'data', true) ?? []
  const rate = view.getUint32(at + 8, true)
  return {
    format: 'wav',
    channels: view.getUint16(at + 2, true),
    hertz: view.getUint32(at + 4, true),
    seconds: length / rate,
  }
}

/** https://www.rfc-editor.org/rfc/rfc9639#section-8.2 */
function flac(view: DataView): Read {
  if (latin(view, 0, 4) !== 'fLaC') return undefined
  const hertz = view.getUint32(18) >>> 12
  const samples = (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22)
  const channels = ((view.getUint8(20) >> 1) & 7) + 1
  return { format: 'flac', channels, hertz, seconds: samples / hertz }
}

/** Vorbis and Opus; the last page knows how many samples there were. */
function ogg(view: DataView): Read {
  if (latin(view, 0, 4) !== 'OggS') return undefined
  const at = 27 + view.getUint8(26)
  const isOpus = latin(view, at, 8) === 'OpusHead'
  if (!isOpus && latin(view, at + 1, 6) !== 'vorbis') return { format: 'ogg' }
  const hertz = view.getUint32(at + 12, true)
  const channels = view.getUint8(at + (isOpus ? 9 : 11))
  const skipped = isOpus ? view.getUint16(at + 10, true) : 0
  const last = lastPage(view)
  const seconds = last === undefined ? undefined : (last - skipped) / (isOpus ? 48_000 : hertz)
  return { format: isOpus ? 'opus' : 'vorbis', channels, hertz, ...(seconds ? { seconds } : {}) }
}

const FARTHEST = 70_000

function lastPage(view: DataView): number | undefined {
  const whole = Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  const tail = whole.subarray(-FARTHEST)
  const at = tail.lastIndexOf('OggS')
  return at < 0 || at + 14 > tail.length ? undefined : Number(tail.readBigInt64LE(at + 6))
}

/** The rate is a float of 80 bits. */
function aiff(view: DataView): Read {
  if (latin(view, 0, 4) !== 'FORM' || !/^AIF[FC]$/.test(latin(view, 8, 4))) return undefined
  const [at] = part(view, 'COMM', false) ?? []
  if (at === undefined) return { format: 'aiff' }
  const power = (view.getUint16(at + 8) & 0x7fff) - 16_383 - 31
  const hertz = Math.round(view.getUint32(at + 10) * 2 ** power)
  return {
    format: 'aiff',
    channels: view.getUint16(at),
    hertz,
    seconds: view.getUint32(at + 2) / hertz,
  }
}
