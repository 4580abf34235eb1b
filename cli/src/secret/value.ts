import { readSync } from 'node:fs'
import { SpellError } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { readHidden } from './hidden.ts'

/** More is no secret: what comes after is not read. */
const MOST_BYTES = 512 * 1024
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/** The value of a secret: typed unseen at a terminal, else all of stdin without its last line end. Never from argv. */
export async function readValue(name: string): Promise<string> {
  // Not process.stdin: looking at it changes how a pipe is read.
  if (!process.getBuiltinModule('node:tty').isatty(0))
    return decoded(readAll()).replace(/\r?\n$/, '')
  err(`value of '${plain(name)}' (not shown): `)
  try {
    return await readHidden(process.stdin)
  } finally {
    err('\n')
  }
}

function readAll(): Buffer {
  const pieces: Buffer[] = []
  for (let size = 0; size < MOST_BYTES;) {
    const piece = readSome()
    if (piece.length === 0) break
    pieces.push(piece)
    size += piece.length
  }
  return Buffer.concat(pieces)
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
