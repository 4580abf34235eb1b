import { mkdir, open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { freshName, sha256 } from './crypto.ts'
import { idFrom } from './place.ts'
import type { Place } from './place.ts'

export type Content = Uint8Array | AsyncIterable<Uint8Array>

export interface Written {
  readonly id: string
  readonly bytes: number
}

/** Takes the bytes under a temporary name, and gives them the name of their hash when all are there. */
export async function writeContent(
  place: Place,
  content: Content,
  count: (bytes: number) => void,
): Promise<Written> {
  const file = join(place.temporary, freshName())
  try {
    const written = await received(file, content, count)
    await mkdir(place.group(written.id), { recursive: true, mode: 0o700 })
    // Also where it is there already: the new one is whole, the old one may be damaged.
    await rename(file, place.content(written.id))
    return written
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

async function received(
  file: string,
  content: Content,
  count: (bytes: number) => void,
): Promise<Written> {
  const hash = sha256()
  let bytes = 0
  await using handle = await open(file, 'wx', 0o600)
  for await (const piece of piecesOf(content)) {
    count(piece.byteLength)
    bytes += piece.byteLength
    hash.update(piece)
    await writeAll(handle, piece)
  }
  await handle.sync()
  return { id: idFrom(hash.digest('hex')), bytes }
}

async function* piecesOf(content: Content): AsyncIterable<Uint8Array> {
  if (content instanceof Uint8Array) yield content
  else yield* content
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  let at = 0
  while (at < piece.byteLength) at += (await handle.write(piece, at)).bytesWritten
}
