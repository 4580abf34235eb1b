import type { HashInput } from './generated/input.ts'

export type Algorithm = HashInput['algorithm']

/** Bytes of the digest. */
export const SIZE: Readonly<Record<Algorithm, number>> = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha3-256': 32,
  blake2b512: 64,
  sha1: 20,
  md5: 16,
  crc32: 4,
}

const LEGACY: ReadonlySet<Algorithm> = new Set(['sha1', 'md5', 'crc32'])

/** False where someone can make two inputs with one digest. */
export function isSecure(algorithm: Algorithm): boolean {
  return !LEGACY.has(algorithm)
}

/** Takes bytes in portions. */
export interface Digest {
  update(bytes: Uint8Array): void
  /** The digest of all that came. */
  end(): Buffer
}

/** With a key: the HMAC. A crc32 takes none. */
export function digestOf(algorithm: Algorithm, key?: string): Digest {
  if (algorithm === 'crc32') return new Crc32()
  const { createHash, createHmac } = process.getBuiltinModule('node:crypto')
  const hash = key === undefined ? createHash(algorithm) : createHmac(algorithm, key)
  return { update: (bytes) => void hash.update(bytes), end: () => hash.digest() }
}

class Crc32 implements Digest {
  readonly #crc32 = process.getBuiltinModule('node:zlib').crc32
  #value = 0

  update(bytes: Uint8Array): void {
    this.#value = this.#crc32(bytes, this.#value)
  }

  end(): Buffer {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(this.#value)
    return bytes
  }
}
