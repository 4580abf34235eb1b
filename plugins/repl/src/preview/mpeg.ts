import type { Facts } from './facts.ts'
import { latin, viewOf, within } from './view.ts'

// Kilobits a second of layer III, by version 1 and by versions 2 and 2.5.
const RATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
const HERTZ = [44_100, 48_000, 32_000]
/** What may stand between a tag and the first frame. */
const SEARCHED = 4096

/** MP3: from the header of its first frame, and the count of frames where one is kept. */
export function mpegFacts(bytes: Uint8Array): Facts | undefined {
  const view = viewOf(bytes)
  return within(() => {
    const start = tagLength(view)
    for (let at = start; at < start + SEARCHED; at++) {
      const facts = frame(view, at)
      if (facts) return facts
    }
    return undefined
  })
}

function tagLength(view: DataView): number {
  if (latin(view, 0, 3) !== 'ID3') return 0
  const [a = 0, b = 0, c = 0, d = 0] = [6, 7, 8, 9].map((at) => view.getUint8(at) & 0x7f)
  return 10 + ((a << 21) | (b << 14) | (c << 7) | d)
}

function frame(view: DataView, at: number): Facts | undefined {
  const head = view.getUint32(at)
  const version = (head >>> 19) & 3
  if (head >>> 21 !== 0x7ff || version === 1 || ((head >>> 17) & 3) !== 1) return undefined
  const rate = RATES[version === 3 ? 0 : 1]![(head >>> 12) & 15]
  const base = HERTZ[(head >>> 10) & 3]
  if (!rate || !base) return undefined
  const hertz = base / (version === 3 ? 1 : version === 2 ? 2 : 4)
  const isMono = ((head >>> 6) & 3) === 3
  const frames = framesAt(view, at + 4 + sideLength(version === 3, isMono))
  const seconds = frames
    ? (frames * (version === 3 ? 1152 : 576)) / hertz
    : ((view.byteLength - at) * 8) / (rate * 1000)
  return { format: 'mp3', channels: isMono ? 1 : 2, hertz, seconds }
}

const sideLength = (isFirst: boolean, isMono: boolean): number =>
  isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17

/** The header of Xing, which encoders of variable rates write. */
function framesAt(view: DataView, at: number): number | undefined {
  if (at + 12 > view.byteLength || !/^(?:Xing|Info)$/.test(latin(view, at, 4))) return undefined
  return (view.getUint32(at + 4) & 1) === 1 ? view.getUint32(at + 8) : undefined
}
