import type { ImageInput } from './generated/input.ts'

/** What the child process is told. The bytes of the image follow it. */
export interface Work extends Omit<ImageInput, 'path' | 'base64' | 'to' | 'mode' | 'operation'> {
  /** `pixels`: scaled into width and height, four bytes each. */
  readonly operation: ImageInput['operation'] | 'pixels'
  readonly maxPixels: number
}

/** What the child process answers. The bytes of a new image follow it. */
export type Answer =
  | { readonly ok: true; readonly facts: Facts }
  | { readonly ok: false; readonly fault: 'damaged' | 'pixels' | 'area'; readonly found: string }

/** What is known of an image, in and out. */
export interface Facts {
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif'
  readonly width: number
  readonly height: number
  readonly channels?: number
  readonly alpha?: boolean
  readonly frames?: number
  readonly orientation?: number
  readonly density?: number
  readonly colour?: string
  readonly metadata?: ('exif' | 'icc' | 'iptc' | 'xmp')[]
}

/** A length in four bytes, that much JSON, then the bytes as they are. */
export function pack(head: Work | Answer, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head))
  const whole = new Uint8Array(4 + json.byteLength + bytes.byteLength)
  new DataView(whole.buffer).setUint32(0, json.byteLength)
  whole.set(json, 4)
  whole.set(bytes, 4 + json.byteLength)
  return whole
}

/** @throws RangeError, SyntaxError for what `pack` did not make */
export function unpack<Head extends Work | Answer>(
  whole: Uint8Array,
): { readonly head: Head; readonly bytes: Uint8Array } {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  const end = 4 + view.getUint32(0)
  const json = new TextDecoder().decode(whole.subarray(4, end))
  return { head: JSON.parse(json) as Head, bytes: whole.subarray(end) }
}
