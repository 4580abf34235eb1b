/** A file as it was found when it was opened. */
export interface Found {
  readonly bytes: Uint8Array
  /** Of the opened file: access rights, owner. */
  readonly mode: number
  readonly uid: number
}

/** Why a file is not read: it is no plain file, or too large. */
export class NotTaken extends Error {}

/**
 * A small regular file whole, or undefined where there is none. A link at the end of the path is not followed, and
 * nothing waits for a pipe.
 * @throws NotTaken; the error of the operating system
 */
export async function readSmall(path: string, maxBytes: number): Promise<Found | undefined> {
  const { constants, promises } = process.getBuiltinModule('node:fs')
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await promises.open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    if (error.code === 'ELOOP') throw new NotTaken('it is a link')
    throw error
  })
  if (!file) return undefined
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new NotTaken('it is no plain file')
    const buffer = Buffer.alloc(maxBytes + 1)
    const size = await fill(file, buffer)
    if (size > maxBytes) throw new NotTaken(`it is larger than ${maxBytes} bytes`)
    return { bytes: buffer.subarray(0, size), mode: facts.mode & 0o777, uid: facts.uid }
  } finally {
    await file.close()
  }
}

interface Readable {
  read(buffer: Buffer, offset: number, length: number): Promise<{ readonly bytesRead: number }>
}

async function fill(file: Readable, buffer: Buffer): Promise<number> {
  let size = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, size, buffer.length - size)
    size += bytesRead
    if (bytesRead === 0 || size === buffer.length) return size
  }
}
