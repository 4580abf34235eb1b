import type { FileEntry, ListOptions } from '@llmspell/sdk'
import type { Asked } from './asked.ts'
import { checkSignal, listLimit, systemCode, unreadable } from './errors.ts'
import type { HeldFolder } from './folder.ts'
import { FolderEntries } from './folder-entries.ts'
import { isSystemPath } from './kind.ts'

const CODES: Readonly<Record<string, string>> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  ELOOP: 'FILE_NOT_FOUND',
}

/** One walk down from a folder. Holds the folders from the first to the one it is in. */
export class Listing implements AsyncDisposable {
  readonly #asked: Asked
  readonly #depth: number
  readonly #hidden: boolean
  readonly #max: number
  readonly #held: HeldFolder[] = []
  readonly #open: FolderEntries[] = []
  #count = 0

  constructor(asked: Asked, { depth = 0, maxEntries, hidden = true }: ListOptions) {
    this.#asked = asked
    this.#depth = depth
    this.#hidden = hidden
    this.#max = maxEntries ?? asked.means.config.maxEntries
  }

  /** Released when the listing ends. */
  hold(folder: HeldFolder): void {
    this.#held.push(folder)
  }

  /** @throws FILES_LIMIT, CANCELLED; FILE_UNREADABLE for the first folder */
  async *entries(first: HeldFolder): AsyncGenerator<FileEntry> {
    const { shown, access } = this.#asked
    const prefix = shown === '.' ? '' : shown.endsWith('/') ? shown : `${shown}/`
    await this.#read(first, prefix).catch((error: unknown) => {
      throw unreadable(shown, systemCode(error))
    })
    for (let top = this.#open.at(-1); top; top = this.#open.at(-1)) {
      checkSignal(access.signal, shown)
      const entry = await top.next()
      if (!entry) await this.#leave()
      else {
        if (++this.#count > this.#max) throw listLimit(shown, this.#max)
        yield await this.#entered(top, entry)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#held.splice(0).map((folder) => folder.release()))
  }

  /** The entry itself, after what it holds was opened; what cannot be is flagged. */
  async #entered(folder: FolderEntries, entry: FileEntry): Promise<FileEntry> {
    if (entry.kind !== 'folder' || entry.error !== undefined || entry.depth > this.#depth)
      return entry
    if (isSystemPath(entry.place)) return { ...entry, error: 'FILE_NOT_REGULAR' }
    if (entry.depth >= this.#asked.means.config.maxDepth) return { ...entry, error: 'FILES_LIMIT' }
    try {
      const below = await folder.enter(entry)
      this.hold(below)
      await this.#read(below, `${entry.path}/`).catch(async (error: unknown) => {
        await this.#held.pop()?.release()
        throw error
      })
      return entry
    } catch (error) {
      return { ...entry, error: CODES[systemCode(error)] ?? 'FILE_UNREADABLE' }
    }
  }

  async #read(folder: HeldFolder, prefix: string): Promise<void> {
    const facts = { asked: this.#asked, folder, prefix, depth: this.#open.length + 1 }
    const limits = { most: this.#max - this.#count + 1, hidden: this.#hidden }
    this.#open.push(await FolderEntries.read(facts, limits))
  }

  async #leave(): Promise<void> {
    this.#open.pop()
    await this.#held.pop()?.release()
  }
}
