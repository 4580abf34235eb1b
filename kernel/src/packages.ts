import { dirname, join } from 'node:path'
import { exists } from './files.ts'

/** Finds the folders of packages by name, from one folder upwards, as Node does. */
export class PackageFinder {
  readonly #places = new Map<string, readonly string[]>()

  /** Folder of the package, or undefined. Only asks whether files exist. */
  find(name: string, from: string): string | undefined {
    return this.#modules(from)
      .map((folder) => join(folder, name))
      .find((folder) => exists(join(folder, 'package.json')))
  }

  #modules(from: string): readonly string[] {
    const known = this.#places.get(from)
    if (known) return known
    const own = join(from, 'node_modules')
    const parent = dirname(from)
    const above = parent === from ? [] : this.#modules(parent)
    const places = exists(own) ? [own, ...above] : above
    this.#places.set(from, places)
    return places
  }
}
