export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.byteLength === 0 ? b : Buffer.concat([a, b])
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
