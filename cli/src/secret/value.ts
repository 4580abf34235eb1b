import { readSync } from 'node:fs'
import { SpellError } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { readHidden } from './hidden.ts'

/** More is no secret. */
const MOST_BYTES = 512 * 1024
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/** The value of a secret: typed unseen at a terminal, else all of stdin without its last line end. Never from argv. @throws VALUE_TOO_LARGE */
export async function readValue(name: string, most = MOST_BYTES): Promise<string> {
  // Not process.stdin: looking at it changes how a pipe is read.
  if (!process.getBuiltinModule('node:tty').isatty(0))
    return decoded(readAll(name, most)).replace(/\r?\n$/, '')
  err(`value of '${plain(name)}' (not shown): `)
  try {
    return await readHidden(process.stdin)
  } finally {
    err('\n')
  }
}

function readAll(name: string, most: number): Buffer {
  const pieces: Buffer[] = []
  for (let size = 0; size <= most;) {
    const piece = readSome()
    if (piece.length === 0) return Buffer.concat(pieces)
    pieces.push(piece)
    size += piece.length
  }
  throw new SpellError(
    'VALUE_TOO_LARGE',
    `The value of '${name}' on stdin is too large: expected at most ${most} bytes, found more.`,
    { hint: 'Store it as an artifact and keep its id.' },
  )
}

function readSome(): Buffer {
  const buffer = Buffer.alloc(64 * 1024)
  for (;;) {
    try {
      return buffer.subarray(0, readSync(0, buffer))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return buffer.subarray(0, 0)
      if (code !== 'EAGAIN') throw unreadable(error)
      // A pipe whose writer is slow: wait 5 ms, without turning the event loop.
      Atomics.wait(PAUSE, 0, 0, 5)
    }
  }
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw unreadable(cause)
  }
}

function unreadable(cause: unknown): SpellError {
  return new SpellError('FILE_UNREADABLE', 'The value on stdin is no UTF-8 text.', {
    hint: 'Send text: base64 for bytes.',
    cause,
  })
}
