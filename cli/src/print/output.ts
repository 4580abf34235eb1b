import { writeSync } from 'node:fs'
import { SpellError } from '@llmspell/sdk'
import { EXIT_PIPE } from '../exit.ts'

const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes all bytes at once, whatever stdout is: nothing is lost when the process ends next.
 * A pipe that nobody reads any more ends the process quietly.
 */
function writeAll(fd: number, bytes: Uint8Array): void {
  let start = 0
  while (start < bytes.length) start += writeSome(fd, bytes, start)
}

function writeSome(fd: number, bytes: Uint8Array, start: number): number {
  try {
    return writeSync(fd, bytes, start)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE' || code === 'EOF') process.exit(EXIT_PIPE)
    if (code !== 'EAGAIN') throw failed(error as Error)
    // A pipe whose reader is slow: wait 2 ms, without turning the event loop.
    Atomics.wait(PAUSE, 0, 0, 2)
    return 0
  }
}

/** True while the last line of stdout is open. */
let open = false

export function out(text: string): void {
  if (text !== '') open = !text.endsWith('\n')
  writeAll(1, Buffer.from(text, 'utf8'))
}

/** Bytes as they are, for whoever asked for a stream of them. */
export function outBytes(bytes: Uint8Array): void {
  writeAll(1, bytes)
}

/** What goes to stderr begins on a line of its own, also where both are one terminal. */
export function err(text: string): void {
  if (open && process.stdout.isTTY && process.stderr.isTTY) out('\n')
  writeAll(2, Buffer.from(text, 'utf8'))
}

function failed(cause: Error): SpellError {
  return new SpellError('OUTPUT_FAILED', `The output could not be written: ${cause.message}.`, {
    hint: 'Look at where the output goes: a full disk, or a closed file.',
    cause,
  })
}
