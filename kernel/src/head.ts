import { LONGEST_HEADER } from './header.ts'

const fs = process.getBuiltinModule('node:fs')

/** More than a header and what may stand before it, in the widest of its characters. */
const BYTES = 4 * LONGEST_HEADER + 4096

/** The beginning of a text file. @throws Error that says what it is instead */
export function readHead(file: string): string {
  const found = fs.statSync(file, { throwIfNoEntry: false })
  if (!found) throw new Error('it is not there')
  // Else a pipe would hold the start until somebody writes to it.
  if (!found.isFile()) throw new Error('expected a file, found something else')
  const descriptor = fs.openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(Math.min(BYTES, found.size))
    const length = fs.readSync(descriptor, bytes, 0, bytes.length, 0)
    return decoded(bytes.subarray(0, length))
  } finally {
    fs.closeSync(descriptor)
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    // The last character may be cut: that is no fault of the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: true,
    })
  } catch (cause) {
    throw new Error('expected text in UTF-8, found other bytes', { cause })
  }
}
