import type { Facts } from './facts.ts'
import { viewOf } from './view.ts'

type Gathered = { -readonly [K in keyof Facts]: Facts[K] }

interface State {
  scale: number
  length?: number
  left: number
  readonly facts: Gathered
}

const EBML = 0x1a45dfa3
/** Segment, information, tracks, one track, its picture, its sound. */
const FOLDERS = new Set([0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0xe1])
const CLUSTER = 0x1f43b675
const MOST_ELEMENTS = 2000

/** WebM and Matroska, up to the first cluster. https://www.rfc-editor.org/rfc/rfc9559 */
export function matroskaFacts(view: DataView): Facts | undefined {
  if (view.getUint32(0) !== EBML) return undefined
  const state: State = { scale: 1_000_000, left: MOST_ELEMENTS, facts: { format: 'matroska' } }
  try {
    elements(view, 0, view.byteLength, state)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  if (state.length !== undefined) state.facts.seconds = (state.length * state.scale) / 1e9
  return state.facts
}

/** False where the pictures begin. */
function elements(view: DataView, start: number, end: number, state: State): boolean {
  for (let at = start; at < end && state.left-- > 0;) {
    const [id, idLength] = number(view, at, true)
    const [size, sizeLength] = number(view, at + idLength, false)
    const inside = at + idLength + sizeLength
    const isOpen = size === 2 ** (7 * sizeLength) - 1
    const next = isOpen ? end : Math.min(end, inside + size)
    if (id === CLUSTER) return false
    if (!FOLDERS.has(id)) note(view.buffer, view.byteOffset + inside, next - inside, id, state)
    else if (!elements(view, inside, next, state)) return false
    at = next
  }
  return true
}

/** A number of one to eight bytes: its leading zeros tell how many. */
function number(view: DataView, at: number, keepsMark: boolean): readonly [number, number] {
  const first = view.getUint8(at)
  const length = Math.clz32(first) - 23
  if (length > 8) throw new RangeError('no number')
  let value = keepsMark ? first : first & (0xff >> length)
  for (let i = 1; i < length; i++) value = value * 256 + view.getUint8(at + i)
  return [value, length]
}

function note(buffer: ArrayBufferLike, at: number, length: number, id: number, state: State): void {
  if (length > 8) return
  const view = viewOf(new Uint8Array(buffer, at, length))
  const { facts } = state
  if (id === 0x2ad7b1) state.scale = whole(view)
  if (id === 0x4489) state.length = float(view)
  if (id === 0xb0) facts.width = whole(view)
  if (id === 0xba) facts.height = whole(view)
  if (id === 0x9f) facts.channels = whole(view)
  if (id === 0xb5) facts.hertz = Math.round(float(view))
}

function whole(view: DataView): number {
  let value = 0
  for (let i = 0; i < view.byteLength; i++) value = value * 256 + view.getUint8(i)
  return value
}

const float = (view: DataView): number =>
  view.byteLength === 4 ? view.getFloat32(0) : view.getFloat64(0)
