import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { ByteRange } from '@llmspell/sdk'
import { sha256 } from './crypto.ts'
import { damaged, failed, notFound } from './errors.ts'
import { idFrom } from './place.ts'

const PIECE = 64 * 1024
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** A stored content and what its record says about it. */
export interface Stored {
  readonly id: string
  readonly file: string
  readonly bytes: number
}

/** Remembers which files were whole when they were last looked at, so that a part needs no second look. */
export class Reader {
  readonly #whole = new Map<string, string>()

  /** Byte for byte what was stored. @throws ARTIFACT_NOT_FOUND, ARTIFACT_DAMAGED, ARTIFACT_FAILED */
  async *read(stored: Stored, range: ByteRange = {}): AsyncGenerator<Uint8Array, void> {
    await using handle = await opened(stored)
    const mark = await this.#mark(handle, stored)
    const from = range.offset ?? 0
    const to = Math.min(stored.bytes, from + (range.length ?? Infinity))
    const known = this.#whole.get(stored.id) === mark
    if (known) yield* pieces(handle, from, to)
    else if (from === 0 && to === stored.bytes) yield* checked(handle, stored)
    else {
      for await (const _piece of checked(handle, stored));
      yield* pieces(handle, from, to)
    }
    this.#whole.set(stored.id, mark)
  }

  async #mark(handle: FileHandle, { id, bytes }: Stored): Promise<string> {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) throw damaged(id, 'no regular file')
    if (stats.size !== BigInt(bytes)) throw damaged(id, `${stats.size} bytes instead of ${bytes}`)
    return `${stats.ino}:${stats.mtimeNs}:${stats.ctimeNs}`
  }
}

async function opened({ id, file }: Stored): Promise<FileHandle> {
  try {
    return await open(file, FLAGS)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw notFound(id)
    if (code === 'ELOOP') throw damaged(id, 'a link')
    throw failed(`open '${id}'`, error)
  }
}

/** The last piece comes when the hash of all is right. */
async function* checked(
  handle: FileHandle,
  { id, bytes }: Stored,
): AsyncGenerator<Uint8Array, void> {
  const hash = sha256()
  let held: Uint8Array | undefined
  for await (const piece of pieces(handle, 0, bytes)) {
    hash.update(piece)
    if (held) yield held
    held = piece
  }
  if (idFrom(hash.digest('hex')) !== id) throw damaged(id, 'other bytes')
  if (held) yield held
}

async function* pieces(
  handle: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = from; at < to;) {
    const piece = new Uint8Array(Math.min(PIECE, to - at))
    const { bytesRead } = await handle.read(piece, 0, piece.byteLength, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
