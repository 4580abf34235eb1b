import { randomBytes } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { freeBytes } from './folder.ts'

const PART = 1024 * 1024

/** A file that holds room on the disk until there is no other. */
export class Reserve {
  readonly #folder: string
  readonly #bytes: number
  #made: Promise<void> | undefined

  constructor(folder: string, bytes: number) {
    this.#folder = folder
    this.#bytes = bytes
  }

  /** Begins to make it, once. Where there is little room it stays away: the store goes first. */
  make(): void {
    this.#made ??= this.#bytes === 0 ? Promise.resolve() : this.#write().catch(() => undefined)
  }

  async settled(): Promise<void> {
    await this.#made
  }

  async giveUp(): Promise<void> {
    await this.#made
    this.#made = undefined
    await rm(this.#file, { force: true })
  }

  /** True where there is room for it and as much again. */
  async fits(): Promise<boolean> {
    return (await freeBytes(this.#folder)) >= 2 * Math.max(this.#bytes, PART)
  }

  get #file(): string {
    return join(this.#folder, 'reserve')
  }

  async #write(): Promise<void> {
    const there = await stat(this.#file).catch(() => undefined)
    if (there?.size === this.#bytes || !(await this.fits())) return
    try {
      await fill(this.#file, this.#bytes)
    } catch (error) {
      await rm(this.#file, { force: true })
      throw error
    }
  }
}

/** Random bytes: a file system that compresses would keep no room for zeros. */
async function fill(file: string, bytes: number): Promise<void> {
  await using handle = await open(file, 'w', 0o600)
  const part = randomBytes(PART)
  for (let at = 0; at < bytes; at += PART) await handle.write(part, 0, Math.min(PART, bytes - at))
}
