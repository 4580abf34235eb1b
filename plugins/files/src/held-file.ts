import type { FileHandle } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'
import type { ByteRange, OpenFile } from '@llmspell/sdk'
import { checkSignal, tooLarge, unreadable } from './errors.ts'

const PIECE = 64 * 1024

interface Facts {
  readonly path: string
  readonly size: number
  readonly max: number
  readonly signal: AbortSignal | undefined
}

/** A checked file behind its descriptor. */
export class HeldFile implements OpenFile {
  readonly path: string
  readonly size: number
  readonly #handle: FileHandle
  readonly #max: number
  readonly #signal: AbortSignal | undefined
  #closed: Promise<void> | undefined

  constructor(handle: FileHandle, { path, size, max, signal }: Facts) {
    this.#handle = handle
    this.path = path
    this.size = size
    this.#max = max
    this.#signal = signal
  }

  /** Counts what is read: the size is only what the file had when it was opened. */
  async *read(range: ByteRange = {}): AsyncIterable<Uint8Array> {
    const { offset = 0, length = Infinity, reuse = false } = range
    const kept = reuse ? Buffer.allocUnsafeSlow(PIECE) : undefined
    for (let at = offset, left = length; left > 0;) {
      checkSignal(this.#signal, this.path)
      const wanted = Math.min(left, this.#portion(at))
      const piece = await this.#piece(at, kept?.subarray(0, wanted) ?? new Uint8Array(wanted))
      if (piece.byteLength === 0) return
      at += piece.byteLength
      left -= piece.byteLength
      if (at > this.#max) throw tooLarge(this.path, this.#max, 'more')
      yield piece
      if (piece.byteLength < wanted && at >= this.size) return
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#handle.close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** One byte more than there should be: a read that gives less has found the end, and none follows. */
  #portion(at: number): number {
    return at > this.size ? PIECE : Math.min(PIECE, this.size - at + 1)
  }

  async #piece(at: number, buffer: Uint8Array): Promise<Uint8Array> {
    if (this.#closed) throw new SpellError('FILE_UNREADABLE', `The file '${this.path}' is closed.`)
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.byteLength, at)
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      throw unreadable(this.path, (error as NodeJS.ErrnoException).code ?? 'UNKNOWN')
    }
  }
}
