import { createHash } from 'node:crypto'

/** Steady randomness: the same canaries in every run. */
function bytes(seed: string, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256').update(`${seed} ${i}`).digest(),
  )
  return Buffer.concat(parts).subarray(0, length)
}

const SHAPES: readonly ((seed: string) => string)[] = [
  (seed) => `sk-${bytes(seed, 18).toString('base64url')}`,
  (seed) => `ghp_${bytes(seed, 15).toString('hex')}`,
  (seed) => bytes(seed, 24).toString('base64'),
  (seed) => `p@ss "${bytes(seed, 6).toString('hex')}" \\ <&> 100%`,
  (seed) => `postgres://user:${bytes(seed, 9).toString('base64')}@db/x?y=1#z`,
  (seed) => `Grüße-${bytes(seed, 6).toString('hex')}-🌍-ключ`,
  (seed) => `${bytes(seed, 4).toString('hex')}-${bytes(`${seed} b`, 4).toString('hex')}`,
  (seed) =>
    `eyJ${bytes(seed, 12).toString('base64url')}.${bytes(`${seed} c`, 20).toString('base64url')}`,
  (seed) => `-----BEGIN KEY-----\n${bytes(seed, 24).toString('base64')}\n-----END KEY-----`,
  (seed) => `AKIA${bytes(seed, 8).toString('hex').toUpperCase()}`,
]

/** Planted secrets of many shapes. */
export function canaries(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => SHAPES[i % SHAPES.length]!(`canary ${i}`))
}

/** Every way in which a found value would be plain to see, for a search that does not trust our own forms. */
export function tracesOf(value: string): readonly string[] {
  const raw = Buffer.from(value)
  const middle = (before: number): string =>
    Buffer.concat([Buffer.alloc(before), raw])
      .toString('base64')
      .slice(4, -4)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(value).toLowerCase(),
    raw.toString('base64'),
    raw.toString('base64url'),
    raw.toString('hex'),
    raw.toString('latin1'),
    ...[0, 1, 2].map(middle),
  ].filter((trace) => trace.length >= 8)
}
