import { randomUUID } from 'node:crypto'

/** A name that nobody has and nobody can guess. */
export function freshName(): string {
  return randomUUID()
}
