import type { Entry } from './entry.ts'
import { nameOf, twinKey } from './names.ts'

/** What an entry is to become, or why it must not. */
export type Verdict = { readonly path: string } | { readonly fault: string }

/** Judges the entries of one archive in their order: each name may stand there once. */
export class Checker {
  /** By twin key: how it was written, and whether it is a file. */
  readonly #seen = new Map<string, { readonly path: string; readonly file: boolean }>()

  check({ name, kind, fault }: Entry): Verdict {
    if (fault !== undefined) return { fault }
    if (kind === 'link' || kind === 'hard link') return { fault: `is a ${kind}` }
    if (kind !== 'file' && kind !== 'folder') return { fault: `is no file but a ${kind}` }
    const found = nameOf(name)
    if ('fault' in found) return found
    if (found.path === '') return kind === 'folder' ? found : { fault: 'names the folder itself' }
    const clash = this.#clash(found.path, kind === 'file')
    return clash === undefined ? found : { fault: clash }
  }

  /** Looks at the path and all folders above it, and keeps them. */
  #clash(path: string, file: boolean): string | undefined {
    const parts = path.split('/')
    for (let count = 1; count <= parts.length; count++) {
      const part = parts.slice(0, count).join('/')
      const isFile = file && count === parts.length
      const key = twinKey(part)
      const seen = this.#seen.get(key)
      if (seen === undefined) this.#seen.set(key, { path: part, file: isFile })
      else if (seen.path !== part) return `differs from '${seen.path}' only in its letters' form`
      else if (seen.file && isFile) return 'is there twice'
      else if (seen.file || isFile) return 'is both a file and a folder'
    }
    return undefined
  }
}
