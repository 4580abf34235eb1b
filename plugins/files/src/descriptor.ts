import { close, fstatSync, open, read, readlinkSync, statfsSync } from 'node:fs'
import type { BigIntStats, Stats } from 'node:fs'

/**
 * An open file. What may wait for a disk or a network is left to the thread pool: there it holds up one
 * call and not the host. What the system knows of an open file by heart is asked at once, because a
 * trip to the pool costs as much as twenty such answers.
 */
export class Descriptor {
  readonly #fd: number
  readonly #released = Promise.withResolvers<void>()
  #reading = 0
  #closed = false

  private constructor(fd: number) {
    this.#fd = fd
  }

  static open(path: string, flags: number): Promise<Descriptor> {
    return new Promise((resolve, reject) => {
      open(path, flags, (error, fd) => (error ? reject(error) : resolve(new Descriptor(fd))))
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  stat(): Stats {
    return fstatSync(this.#fd)
  }

  /** Numbers in full: some file systems count their files beyond 2^53. */
  exactStat(): BigIntStats {
    return fstatSync(this.#fd, { bigint: true })
  }

  /** The number of the file system's type; undefined where the system does not tell. */
  systemType(): number | undefined {
    try {
      return statfsSync(this.#link()).type
    } catch {
      return undefined
    }
  }

  /** What the system calls the file now; undefined where it does not tell. */
  name(): string | undefined {
    try {
      return readlinkSync(this.#link())
    } catch {
      return undefined
    }
  }

  /** Fills the buffer from that place of the file, and gives the number of bytes. */
  read(buffer: Uint8Array, at: number): Promise<number> {
    this.#reading++
    return new Promise((resolve, reject) => {
      read(this.#fd, buffer, 0, buffer.byteLength, at, (error, count) => {
        this.#reading--
        this.#release()
        return error ? reject(error) : resolve(count)
      })
    })
  }

  /** Waits for the reads under way: the number of a closed descriptor is soon that of another file. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      this.#release()
    }
    return this.#released.promise
  }

  #release(): void {
    if (!this.#closed || this.#reading > 0) return
    const { resolve, reject } = this.#released
    close(this.#fd, (error) => (error ? reject(error) : resolve()))
  }

  #link(): string {
    return `/proc/self/fd/${this.#fd}`
  }
}
