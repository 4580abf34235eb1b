import { now } from '@llmspell/sdk'
import type { SessionFacts } from '@llmspell/sdk'

/** Numbers in [0, 1) from a text seed: equal seeds give equal sequences (sfc32). */
export function randomFrom(seed: string): () => number {
  let [a, b, c, d] = hash(seed)
  return () => {
    const t = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 2 ** 32
  }
}

/** Four well-mixed words of a text (FNV-1a with a different start for each). */
function hash(seed: string): [number, number, number, number] {
  const word = (start: number): number => {
    let h = start
    for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 16777619)
    h = Math.imul(h ^ (h >>> 15), 2246822507)
    return (h ^ (h >>> 13)) | 0
  }
  return [word(2166136261), word(84696351), word(374761393), word(668265263)]
}

interface Clock {
  readonly random: () => number
  readonly origin: number
}

const clocks = new WeakMap<SessionFacts, Clock>()

/** Clock and randomness of a session, made on first use. */
export function clockOf(facts: SessionFacts): Clock {
  let clock = clocks.get(facts)
  if (!clock) {
    clock = { random: randomFrom(facts.seed), origin: now() }
    clocks.set(facts, clock)
  }
  return clock
}

/** ms since the epoch on the clock of the run. */
export function nowOf(facts: SessionFacts): number {
  if (facts.clock) return Math.floor(facts.clock.now)
  const { origin } = clockOf(facts)
  return Math.floor(facts.startedAt + now() - origin)
}

/** A UUID of version 4 from the randomness of the run. */
export function uuidOf(facts: SessionFacts): string {
  const { random } = clockOf(facts)
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
