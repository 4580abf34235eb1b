import { sha256 } from './encode.ts'

/** Numbers that are the same in every life of a run: the generator sfc32 over its seed. */
export class Random {
  #state: [number, number, number, number]

  constructor(seed: string) {
    const digest = sha256(seed)
    const word = (at: number): number => Number.parseInt(digest.slice(at * 8, at * 8 + 8), 16)
    this.#state = [word(0), word(1), word(2), word(3)]
    for (let i = 0; i < 12; i++) this.#next()
  }

  get state(): readonly number[] {
    return this.#state
  }

  set state(words: readonly number[]) {
    this.#state = [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0]
  }

  /** From 0 to below 1, with 53 bits. */
  number(): number {
    const high = this.#next() >>> 5
    const low = this.#next() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  uuid(): string {
    const bytes = Buffer.alloc(16)
    for (let i = 0; i < 16; i += 4) bytes.writeUInt32BE(this.#next(), i)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const hex = bytes.toString('hex')
    return [8, 12, 16, 20].reduceRight((id, at) => `${id.slice(0, at)}-${id.slice(at)}`, hex)
  }

  #next(): number {
    let [a, b, c, d] = this.#state
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    this.#state = [a, b, c, d]
    return sum >>> 0
  }
}
