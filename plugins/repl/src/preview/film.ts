import type { Facts } from './facts.ts'
import { matroskaFacts } from './matroska.ts'
import { latin, viewOf, within } from './view.ts'

/** What a film says of itself; undefined where it is no MP4, QuickTime, WebM, Matroska or AVI. */
export function filmFacts(bytes: Uint8Array): Facts | undefined {
  const view = viewOf(bytes)
  return within(() => mp4(view) ?? avi(view)) ?? within(() => matroskaFacts(view))
}

type Read = Facts | undefined
type Gathered = { -readonly [K in keyof Facts]: Facts[K] }

const FOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl'])
/** A file of boxes and nothing else takes no longer. */
const MOST_BOXES = 2000

function mp4(view: DataView): Read {
  if (latin(view, 4, 4) !== 'ftyp') return undefined
  const facts: Gathered = { format: 'mp4' }
  const left = { boxes: MOST_BOXES }
  within(() => boxes(view, 0, view.byteLength, facts, left))
  return facts
}

/** https://developer.apple.com/documentation/quicktime-file-format */
function boxes(
  view: DataView,
  start: number,
  end: number,
  facts: Gathered,
  left: { boxes: number },
): void {
  for (let at = start; at + 8 <= end && left.boxes-- > 0;) {
    const short = view.getUint32(at)
    const [head, size] =
      short === 1 ? [16, Number(view.getBigUint64(at + 8))] : [8, short || end - at]
    if (size < head) return
    const name = latin(view, at + 4, 4)
    const inside = Math.min(end, at + size)
    if (FOLDERS.has(name)) boxes(view, at + head, inside, facts, left)
    else BOXES[name]?.(view, at + head, facts)
    at += size
  }
}

const BOXES: Readonly<Record<string, (view: DataView, at: number, facts: Gathered) => void>> = {
  mvhd(view, at, facts) {
    const isLong = view.getUint8(at) === 1
    const scale = view.getUint32(at + (isLong ? 20 : 12))
    const length = isLong ? Number(view.getBigUint64(at + 24)) : view.getUint32(at + 16)
    facts.seconds = length / scale
  },
  tkhd(view, at, facts) {
    const end = at + (view.getUint8(at) === 1 ? 88 : 76)
    const [width, height] = [view.getUint16(end), view.getUint16(end + 4)]
    if (width > 0 && height > 0) Object.assign(facts, { width, height })
  },
  stsd(view, at, facts) {
    const format = latin(view, at + 12, 4)
    if (!/^(?:mp4a|Opus|fLaC|alac|[ae]c-[34]|sowt|twos)$/.test(format)) return
    facts.channels = view.getUint16(at + 8 + 24)
    facts.hertz = view.getUint32(at + 8 + 32) >>> 16
  },
}

/** https://learn.microsoft.com/windows/win32/api/aviriff/ns-aviriff-avimainheader */
function avi(view: DataView): Read {
  if (latin(view, 0, 4) !== 'RIFF' || latin(view, 8, 4) !== 'AVI ') return undefined
  if (latin(view, 24, 4) !== 'avih') return { format: 'avi' }
  const [perFrame, frames] = [view.getUint32(32, true), view.getUint32(48, true)]
  return {
    format: 'avi',
    seconds: (perFrame * frames) / 1e6,
    width: view.getUint32(64, true),
    height: view.getUint32(68, true),
  }
}
