import type { Archive, Entry } from './entry.ts'
import { overLimit } from './errors.ts'
import { nameOf, twinKey } from './names.ts'

/** What an entry is to become, or why it must not. */
export type Verdict = { readonly path: string } | { readonly fault: string }

/** One name as it was written first. Whole paths would be too much to keep. */
interface Node {
  readonly part: string
  /** By twin key; absent for a file. */
  readonly children?: Map<string, Node>
}

/** Judges the entries of one archive in their order: each name may stand there once. */
export class Checker {
  readonly #archive: Pick<Archive, 'path' | 'maxNames'>
  readonly #top = new Map<string, Node>()
  #names = 0

  constructor(archive: Pick<Archive, 'path' | 'maxNames'>) {
    this.#archive = archive
  }

  /** @throws ARCHIVE_LIMIT for more names than may be kept */
  check({ name, kind, fault }: Entry): Verdict {
    if (fault !== undefined) return { fault }
    if (kind === 'link' || kind === 'hard link') return { fault: `is a ${kind}` }
    if (kind !== 'file' && kind !== 'folder') return { fault: `is no file but a ${kind}` }
    const found = nameOf(name)
    if ('fault' in found) return found
    if (found.path === '') return kind === 'folder' ? found : { fault: 'names the folder itself' }
    const clash = this.#clash(found.path.split('/'), kind === 'file')
    return clash === undefined ? found : { fault: clash }
  }

  /** Goes down by the names, and keeps those that are new. */
  #clash(parts: readonly string[], file: boolean): string | undefined {
    let folder = this.#top
    for (const [i, part] of parts.entries()) {
      const isFile = file && i === parts.length - 1
      const key = twinKey(part)
      const seen = folder.get(key)
      const clash = seen && clashOf(seen, part, isFile)
      if (clash !== undefined) return clash
      const node = seen ?? this.#add(folder, key, part, isFile)
      if (node.children) folder = node.children
    }
    return undefined
  }

  #add(folder: Map<string, Node>, key: string, part: string, file: boolean): Node {
    const { path, maxNames } = this.#archive
    if (++this.#names > maxNames)
      throw overLimit(path, `${maxNames} files and folders`, 'more', 'maxEntries')
    const node = file ? { part } : { part, children: new Map<string, Node>() }
    folder.set(key, node)
    return node
  }
}

function clashOf({ part, children }: Node, other: string, file: boolean): string | undefined {
  if (part !== other) return `has '${part}' in another form of its letters`
  if (!children && file) return 'is there twice'
  return !children || file ? 'is both a file and a folder' : undefined
}
