import { randomBytes } from 'node:crypto'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freeBytes } from '@llmspell/sdk/store'
import { logBytes } from './level.ts'

const PART = 1024 * 1024
/** How long it waits to look for room once more. */
const LOOK_MS = 5000

/**
 * Two files that hold room on the disk until there is no other. The larger one lets the database be opened again after a
 * write that failed; whatever the database then does with that room, the smaller one lets it be opened once more.
 */
export class Reserve {
  readonly #folder: string
  readonly #bytes: number
  #made: Promise<void> | undefined
  #next = 0

  constructor(folder: string, bytes: number) {
    this.#folder = folder
    this.#bytes = bytes
  }

  /** Begins to make it, once. Where there is little room it stays away: the store goes first. */
  make(): void {
    if (this.#bytes > 0 && performance.now() >= this.#next)
      this.#made ??= this.#write().catch(() => undefined)
  }

  async settled(): Promise<void> {
    await this.#made
  }

  async giveUp(): Promise<void> {
    await this.#made
    this.#made = undefined
    await rm(this.#file, { force: true })
  }

  giveUpLast(): void {
    rmSync(this.#lastFile, { force: true })
  }

  /** At once, before the database has begun to use the room. */
  keepLast(): void {
    if (this.#bytes === 0 || sizeOf(this.#lastFile) === this.#lastBytes) return
    try {
      writeFileSync(this.#lastFile, randomBytes(this.#lastBytes), { mode: 0o600 })
    } catch {
      this.giveUpLast()
    }
  }

  /** True where a write fits: to be opened again the database writes its log as a table, beside the log of what comes. */
  async allows(): Promise<boolean> {
    return (await freeBytes(this.#folder)) >= 2 * logBytes(this.#bytes) + PART
  }

  /** True where there is room for it and as much again. */
  async #fits(): Promise<boolean> {
    return (await freeBytes(this.#folder)) >= 2 * Math.max(this.#bytes, PART)
  }

  get #file(): string {
    return join(this.#folder, 'reserve')
  }

  get #lastFile(): string {
    return lastFileIn(this.#folder)
  }

  get #lastBytes(): number {
    return Math.ceil(this.#bytes / 16)
  }

  async #write(): Promise<void> {
    const there = sizeOf(this.#file) === this.#bytes
    if (!there && !(await this.#fits())) return this.#later()
    this.keepLast()
    if (!there) await this.#fill()
  }

  #later(): void {
    this.#next = performance.now() + LOOK_MS
    this.#made = undefined
  }

  /** Random bytes: a file system that compresses would keep no room for zeros. */
  async #fill(): Promise<void> {
    try {
      await using handle = await open(this.#file, 'w', 0o600)
      const part = randomBytes(PART)
      for (let at = 0; at < this.#bytes; at += PART)
        await handle.write(part, 0, Math.min(PART, this.#bytes - at))
    } catch (error) {
      await rm(this.#file, { force: true })
      throw error
    }
  }
}

const lastFileIn = (folder: string): string => join(folder, 'reserve-last')

/** Makes room for a small file of a store that is not open yet. */
export async function giveUpLast(folder: string): Promise<void> {
  await rm(lastFileIn(folder), { force: true })
}

const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size
