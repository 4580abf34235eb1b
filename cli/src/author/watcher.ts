import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Nobody saves faster twice. */
const PAUSE_MS = 80
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage'])

interface Watched {
  readonly watcher: FSWatcher
  readonly inode: number
}

/** What a file looks like from outside; a file that is half written changes once more. */
type Stamps = ReadonlyMap<string, string>

/**
 * Sees changes of a plugin's folder, and of single files beside it. Folders are watched one by one: all of
 * node_modules would be far too many.
 */
export class Watcher implements Disposable {
  readonly #folder: string
  readonly #files: readonly string[]
  readonly #leaveOut: ReadonlySet<string>
  readonly #onChange: () => void
  readonly #watched = new Map<string, Watched>()
  #stamps: Stamps
  #changed = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #ready = Promise.withResolvers<void>()
  #closed = false

  /**
   * @param built whether what lies in dist counts
   * @param onChange called at once when something has changed
   */
  constructor(folder: string, files: readonly string[], built: boolean, onChange: () => void) {
    this.#folder = folder
    this.#files = files
    this.#leaveOut = new Set([...LEFT_OUT].filter((name) => !built || name !== 'dist'))
    this.#onChange = onChange
    this.#stamps = this.#scan()
  }

  /** The files that have changed since the last time, once they rest; undefined after the end. */
  async next(): Promise<readonly string[] | undefined> {
    await this.#ready.promise
    if (this.#closed) return undefined
    this.#ready = Promise.withResolvers<void>()
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed
  }

  [Symbol.dispose](): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const { watcher } of this.#watched.values()) watcher.close()
    this.#watched.clear()
    this.#ready.resolve()
  }

  #later(): void {
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(() => this.#compare(), PAUSE_MS)
  }

  #compare(): void {
    const before = this.#stamps
    this.#stamps = this.#scan()
    const paths = new Set([...before.keys(), ...this.#stamps.keys()])
    const changed = [...paths].filter((path) => before.get(path) !== this.#stamps.get(path))
    if (changed.length === 0) return
    for (const path of changed) this.#changed.add(path)
    this.#onChange()
    this.#ready.resolve()
  }

  /** Looks at every file, and watches the folders that are there by now. */
  #scan(): Stamps {
    const stamps = new Map<string, string>()
    const folders = new Set(this.#files.map((file) => dirname(file)))
    this.#collect(this.#folder, stamps, folders)
    for (const file of this.#files) stamps.set(file, stampOf(file))
    for (const folder of folders) this.#watch(folder)
    for (const [folder, { watcher }] of this.#watched)
      if (!folders.has(folder)) {
        watcher.close()
        this.#watched.delete(folder)
      }
    return stamps
  }

  #collect(folder: string, stamps: Map<string, string>, folders: Set<string>): void {
    folders.add(folder)
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name)
      const hidden = entry.name.startsWith('.') || entry.name.endsWith('.tsbuildinfo')
      if (hidden || (entry.isDirectory() && this.#leaveOut.has(entry.name))) continue
      if (entry.isDirectory()) this.#collect(path, stamps, folders)
      else if (entry.isFile()) stamps.set(path, stampOf(path))
    }
  }

  /** A folder that was removed and made again is another one. */
  #watch(folder: string): void {
    const inode = statSync(folder, { throwIfNoEntry: false })?.ino
    const known = this.#watched.get(folder)
    if (known?.inode === inode) return
    known?.watcher.close()
    this.#watched.delete(folder)
    if (inode === undefined) return
    try {
      const watcher = watch(folder, () => this.#later())
      watcher.on('error', () => this.#later())
      this.#watched.set(folder, { watcher, inode })
    } catch {
      // It went in this moment: its parent tells.
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : `no ${basename(file)}`
}
