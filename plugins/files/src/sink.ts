import type { FileHandle } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'
import { checkSignal, systemCode, tooLarge, unwritable } from './errors.ts'
import type { Target } from './target.ts'

/** Counts what goes into a file, and turns what the system says into our codes. */
export class Sink {
  bytes = 0
  #closed = false
  readonly #handle: FileHandle
  readonly #target: Target

  constructor(handle: FileHandle, target: Target) {
    this.#handle = handle
    this.#target = target
  }

  get isOpen(): boolean {
    return !this.#closed
  }

  /** @throws FILE_TOO_LARGE, FILE_UNWRITABLE, CANCELLED */
  async write(bytes: Uint8Array): Promise<void> {
    const { asked, max } = this.#target
    this.check()
    if (this.bytes + bytes.byteLength > max) {
      throw tooLarge(asked.shown, max, `${this.bytes + bytes.byteLength}`)
    }
    for (let at = 0; at < bytes.byteLength;) {
      const written = await this.#part(bytes.subarray(at))
      at += written
      this.bytes += written
    }
  }

  /** @throws CANCELLED; FILE_UNWRITABLE once it was closed */
  check(): void {
    const { asked } = this.#target
    checkSignal(asked.access.signal, asked.shown)
    if (!this.#closed) return
    const message = `The file '${asked.shown}' is written already, or was given up.`
    throw new SpellError('FILE_UNWRITABLE', message, { hint: 'Begin to write it again.' })
  }

  /** To the disk, then closed. */
  async finish(): Promise<void> {
    await this.#handle.datasync()
    await this.close()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#handle.close()
  }

  async #part(bytes: Uint8Array): Promise<number> {
    try {
      const { bytesWritten } = await this.#handle.write(bytes)
      return bytesWritten
    } catch (error) {
      throw unwritable(this.#target.asked.shown, systemCode(error))
    }
  }
}
