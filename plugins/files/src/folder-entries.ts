import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FileEntry } from '@llmspell/sdk'
import { may } from './asked.ts'
import type { Asked } from './asked.ts'
import { factsOf, kindOf } from './facts.ts'
import type { HeldFolder } from './folder.ts'
import { isTemporary } from './temporary.ts'

const BATCH = 64
const NEVER = new Date(0).toISOString()

interface Facts {
  readonly asked: Asked
  readonly folder: HeldFolder
  /** Before each name in texts. */
  readonly prefix: string
  readonly depth: number
}

interface Limits {
  /** How many names to keep at most. */
  readonly most: number
  readonly hidden: boolean
}

/** What lies in one folder, in order of names, and may be read. Facts are asked for in batches. */
export class FolderEntries {
  readonly #facts: Facts
  readonly #names: readonly Dirent[]
  #at = 0
  #ready: FileEntry[] = []

  private constructor(facts: Facts, names: readonly Dirent[]) {
    this.#facts = facts
    this.#names = names
  }

  static async read(facts: Facts, { most, hidden }: Limits): Promise<FolderEntries> {
    const { asked, folder } = facts
    const names: Dirent[] = []
    for await (const found of await opendir(folder.at('.'), { bufferSize: 256 })) {
      const { name } = found
      if ((!hidden && name.startsWith('.')) || isTemporary(name)) continue
      if (may(asked, join(folder.place, name))) names.push(found)
      if (names.length >= most) break
    }
    return new FolderEntries(facts, names.sort(byName))
  }

  /** Undefined after the last. */
  async next(): Promise<FileEntry | undefined> {
    while (this.#ready.length === 0) {
      if (this.#at >= this.#names.length) return undefined
      const batch = this.#names.slice(this.#at, this.#at + BATCH)
      this.#at += BATCH
      const found = await Promise.all(batch.map((name) => this.#entry(name)))
      this.#ready = found.filter((entry) => entry !== undefined).reverse()
    }
    return this.#ready.pop()
  }

  /** @throws ENOENT, ENOTDIR, EACCES and the like */
  enter({ place }: FileEntry): Promise<HeldFolder> {
    return this.#facts.folder.enter(basename(place))
  }

  /** Undefined for what is not there any more. */
  async #entry(found: Dirent): Promise<FileEntry | undefined> {
    const { folder, prefix, depth } = this.#facts
    const { name } = found
    const [path, place] = [prefix + name, join(folder.place, name)]
    try {
      return { ...factsOf(path, place, await lstat(folder.at(name))), depth }
    } catch {
      // A name whose bytes are no UTF-8 cannot be said, so it cannot be asked for either.
      if (!name.includes('\u{FFFD}')) return undefined
      const unknown = { bytes: 0, modified: NEVER, mode: '0000', error: 'PATH_INVALID' }
      return { path, place, kind: kindOf(found), ...unknown, depth }
    }
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
