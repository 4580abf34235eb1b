export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** @throws RangeError behind the end */
export function latin(view: DataView, at: number, length: number): string {
  let found = ''
  for (let i = at; i < at + length; i++) found += String.fromCharCode(view.getUint8(i))
  return found
}

/** What is cut off has no facts. */
export function within<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
