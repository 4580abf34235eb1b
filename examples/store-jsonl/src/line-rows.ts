import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { damaged } from '@llmspell/sdk/store'
import type { Row, RowOp, RowRange, Rows, RowView } from '@llmspell/sdk/store'
import { lineOf, opsOf } from './line.ts'
import { Versions } from './versions.ts'

/** A file is written anew once it is this large, and four times as large as what counts of it. */
const COMPACT_BYTES = 1 << 20
const COMPACT_FACTOR = 4

/** Rows in memory, and each write as a line behind the others in a file. */
export class LineRows implements Rows {
  readonly #file: string
  #handle: FileHandle
  #size = 0
  #versions = new Versions()

  private constructor(file: string, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  /** @throws STATE_DAMAGED where a line is not whole that others follow */
  static async open(file: string): Promise<LineRows> {
    const rows = new LineRows(file, await openFile(file))
    try {
      await rows.#load()
      return rows
    } catch (error) {
      await rows.close()
      throw error
    }
  }

  get(key: Uint8Array, view?: RowView): Buffer | undefined {
    return this.#versions.get(key, view)
  }

  range(range: RowRange): AsyncIterable<Row> {
    return this.#versions.range(range)
  }

  view(): RowView {
    return this.#versions.view()
  }

  async bytes(): Promise<number> {
    return this.#size
  }

  /** In the file first: what could not be written there has not happened. */
  async write(ops: readonly RowOp[], sync: boolean): Promise<void> {
    try {
      this.#size += await append(this.#handle, this.#size, lineOf(ops), sync)
    } catch (error) {
      await this.#handle.truncate(this.#size)
      throw error
    }
    this.#versions.apply(ops)
    if (this.#size > COMPACT_BYTES && this.#size > COMPACT_FACTOR * this.#versions.bytes)
      await this.#compact()
  }

  /** Puts the file of other rows in the place of its own. */
  async take(other: LineRows): Promise<void> {
    await rename(other.#file, this.#file)
    await this.#handle.close()
    this.#handle = other.#handle
    this.#size = other.#size
    this.#versions = other.#versions
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #load(): Promise<void> {
    let at = 0
    let broken = false
    for await (const line of this.#handle.readLines({ start: 0, autoClose: false })) {
      if (broken) throw damaged(`The file '${this.#file}'`, `a broken line at byte ${this.#size}`)
      const ops = opsOf(line)
      at += Buffer.byteLength(line) + 1
      if (ops) this.#versions.apply(ops)
      if (ops) this.#size = at
      else broken = true
    }
    // The last line of a process that was killed while it wrote; nobody was told that it happened.
    await this.#handle.truncate(this.#size)
  }

  /** The same rows in one line each, in a new file. */
  async #compact(): Promise<void> {
    const file = `${this.#file}.compact`
    const handle = await openFile(file, true)
    try {
      let size = 0
      for await (const [key, value] of this.range(ALL))
        size += await append(handle, size, lineOf([{ type: 'put', key, value }]), false)
      await handle.datasync()
      await rename(file, this.#file)
      await this.#handle.close()
      this.#handle = handle
      this.#size = size
    } catch {
      // The longer file is as good.
      await handle.close()
      await rm(file, { force: true })
    }
  }
}

const ALL = { gte: Buffer.of(0), lt: Buffer.alloc(64, 0xff) }

const openFile = (file: string, empty = false): Promise<FileHandle> =>
  open(file, empty ? 'w+' : 'a+', 0o600).then(async (handle) => {
    if (empty) return handle
    await handle.close()
    return open(file, 'r+')
  })

/** @returns how many bytes were written */
async function append(
  handle: FileHandle,
  at: number,
  text: string,
  sync: boolean,
): Promise<number> {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
  if (sync) await handle.datasync()
  return bytes.length
}
