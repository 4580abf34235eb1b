import type { Question } from './exchange.ts'
import type { Sent } from './permit.ts'

/** The method, and how much goes out with it. */
export function sentOf({ method, body }: Question): Sent {
  if (body === undefined) return { method }
  const known = typeof body === 'string' || body instanceof Uint8Array
  return { method, body: known ? `${Buffer.byteLength(body)} bytes` : 'a stream' }
}
