import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { backupDamaged } from './errors.ts'
import type { Row } from './rows.ts'

/** Sorts of frames in a backup. */
export const FRAME = { head: 1, row: 2, trailer: 3, gone: 4 } as const

const HEADER = 8
const MAX_FRAME = 32 * 1024 * 1024
const CHUNK = 64 * 1024

export interface Frame {
  readonly sort: number
  readonly body: Buffer
}

/** Length, crc32, and what they are of: the sort of the frame and its body. */
export function frameOf(sort: number, ...parts: readonly Uint8Array[]): Buffer {
  const frame = Buffer.concat([Buffer.alloc(HEADER), Buffer.from([sort]), ...parts])
  frame.writeUInt32BE(frame.length - HEADER, 0)
  frame.writeUInt32BE(crc32(frame.subarray(HEADER)), 4)
  return frame
}

export function rowFrame([key, value]: Row): Buffer {
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(key.length)
  return frameOf(FRAME.row, length, key, value)
}

export function rowIn(body: Buffer): Row {
  const length = body.length < 2 ? 0xffff : body.readUInt16BE(0)
  if (2 + length > body.length) throw backupDamaged('a row without its key')
  return [body.subarray(2, 2 + length), body.subarray(2 + length)]
}

/** Frames in chunks, as fast as the sink takes them; hashed on the way. */
export class FrameSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #hash: Hash = createHash('sha256')
  #waiting: Buffer[] = []
  #bytes = 0

  constructor(sink: WritableStream<Uint8Array>) {
    this.#writer = sink.getWriter()
  }

  async add(frame: Buffer): Promise<void> {
    this.#hash.update(frame)
    this.#waiting.push(frame)
    this.#bytes += frame.length
    if (this.#bytes >= CHUNK) await this.#flush()
  }

  /** SHA-256 of all frames so far, in hex. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#writer.close()
  }

  async abort(cause: unknown): Promise<void> {
    await this.#writer.abort(cause).catch(() => undefined)
  }

  async #flush(): Promise<void> {
    const chunk = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#bytes = 0
    await this.#writer.ready
    if (chunk.length > 0) await this.#writer.write(new Uint8Array(chunk))
  }
}

/** The frames of a backup, each checked, with the SHA-256 of all before it. @throws STATE_BACKUP_DAMAGED */
export async function* framesIn(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame & { readonly before: string }> {
  const hash = createHash('sha256')
  let waiting: Uint8Array[] = []
  let bytes = 0
  let needed = HEADER
  for await (const chunk of source) {
    waiting.push(chunk)
    bytes += chunk.length
    // Joined once a frame is whole: chunk by chunk, a large frame would be copied over and over.
    if (bytes < needed) continue
    let rest = Buffer.concat(waiting)
    for (needed = sizeIn(rest); needed <= rest.length; needed = sizeIn(rest)) {
      const frame = rest.subarray(0, needed)
      yield { ...checked(frame), before: trailing(frame) ? hash.copy().digest('hex') : '' }
      hash.update(frame)
      rest = rest.subarray(needed)
    }
    waiting = [rest]
    bytes = rest.length
  }
  if (bytes > 0) throw backupDamaged('a frame that breaks off')
}

const trailing = (frame: Buffer): boolean => frame[HEADER] === FRAME.trailer

function sizeIn(rest: Buffer): number {
  if (rest.length < HEADER) return HEADER
  const length = rest.readUInt32BE(0)
  if (length < 1 || length > MAX_FRAME) throw backupDamaged(`a frame of ${length} bytes`)
  return HEADER + length
}

function checked(frame: Buffer): Frame {
  const inner = frame.subarray(HEADER)
  if (crc32(inner) !== frame.readUInt32BE(4)) throw backupDamaged('a wrong checksum')
  return { sort: inner[0]!, body: inner.subarray(1) }
}
