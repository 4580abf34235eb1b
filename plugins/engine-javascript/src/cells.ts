import { Buffer } from 'node:buffer'
import type { WasmMemory } from './wasm.ts'

const KEPT = 64 * 1024

/** The memory of the guest as the host reads and writes it. */
export class Cells {
  readonly #memory: WasmMemory
  readonly #malloc: (size: number) => number
  #bytes: Buffer
  #words: Int32Array
  #scratch = 0

  constructor(memory: WasmMemory, malloc: (size: number) => number) {
    this.#memory = memory
    this.#malloc = malloc
    this.#bytes = Buffer.from(memory.buffer)
    this.#words = new Int32Array(memory.buffer)
  }

  /** The views are made anew after the memory has grown. */
  refresh(): void {
    this.#bytes = Buffer.from(this.#memory.buffer)
    this.#words = new Int32Array(this.#memory.buffer)
  }

  get words(): Int32Array {
    return this.#words
  }

  /** Text of a C string. */
  text(pointer: number): string {
    return this.#bytes.toString('utf8', pointer, this.#bytes.indexOf(0, pointer))
  }

  /** A C string of its own. @returns 0 where there is no room */
  write(text: string): number {
    const size = Buffer.byteLength(text)
    const pointer = this.#malloc(size + 1)
    if (pointer === 0) return 0
    this.#put(text, pointer, size)
    return pointer
  }

  /** A C string that holds until the next one. Only short text: longer text gives 0. */
  lend(text: string): number {
    if (text.length * 3 >= KEPT) return 0
    if (this.#scratch === 0) this.#scratch = this.#malloc(KEPT)
    if (this.#scratch === 0) return 0
    const size = this.#bytes.write(text, this.#scratch, 'utf8')
    this.#bytes[this.#scratch + size] = 0
    return this.#scratch
  }

  #put(text: string, pointer: number, size: number): void {
    this.#bytes.write(text, pointer, size, 'utf8')
    this.#bytes[pointer + size] = 0
  }

  /** A copy. */
  bytes(pointer: number, size: number): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(pointer, pointer + size))
  }

  setBytes(pointer: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, pointer)
  }
}
