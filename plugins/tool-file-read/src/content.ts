import { bytesOf, newlines } from './lines.ts'
import type { Piece } from './decoder.ts'
import type { FileReadInput } from './generated/input.ts'
import type { FileReadResult } from './generated/output.ts'

/**
 * Characters of one result. One call carries 1 MiB, and the content stands in it four times: as `text`
 * and inside of `result`, `data` and `metadata.response`. A multiple of four, for base64.
 */
export const MAX_CONTENT = 240 * 1024

/** Collects pieces up to the limit of one result. */
export class Content {
  readonly #encoding: FileReadInput['encoding']
  #text = ''
  #bytes = 0
  /** True when a piece did not fit: what was asked for is not all there. */
  truncated = false

  constructor(encoding: FileReadInput['encoding']) {
    this.#encoding = encoding
  }

  add(piece: Piece): void {
    if (this.truncated) return
    const room = MAX_CONTENT - this.#text.length
    if (piece.text.length <= room) this.#take(piece.text, piece.bytes)
    else {
      const kept = withoutHalf(piece.text.slice(0, room))
      this.truncated = true
      this.#take(kept, bytesOf(kept, this.#encoding))
    }
  }

  result(path: string): FileReadResult {
    const content = this.#text
    const lines = newlines(content) + (content === '' || content.endsWith('\n') ? 0 : 1)
    const counted = this.#encoding === 'base64' ? {} : { lines }
    return { path, content, bytes: this.#bytes, ...counted, truncated: this.truncated }
  }

  #take(text: string, bytes: number): void {
    this.#text += text
    this.#bytes += bytes
  }
}

/** Leaves out the first half of a surrogate pair at the end. */
function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
