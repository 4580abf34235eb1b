import type { Hash } from 'node:crypto'

// Most runs hash nothing: an import at the top would cost each of them a millisecond.
const crypto = () => process.getBuiltinModule('node:crypto')

export function sha256(): Hash {
  return crypto().createHash('sha256')
}

/** A name that nobody has and nobody can guess. */
export function freshName(): string {
  return crypto().randomUUID()
}
