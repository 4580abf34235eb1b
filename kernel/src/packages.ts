import { dirname } from 'node:path'
import { exists } from './files.ts'

/** Finds the folders of packages by name, from one folder upwards, as Node does. */
export class PackageFinder {
  readonly #places = new Map<string, readonly string[]>()

  /** Folder of the package, or undefined. Only asks whether files exist. */
  find(name: string, from: string): string | undefined {
    // No join: it normalises every path again, and start-up does this for each plugin.
    const places = this.#modules(from)
    const found = places.find((folder) => exists(`${folder}/${name}/package.json`))
    return found === undefined ? undefined : `${found}/${name}`
  }

  #modules(from: string): readonly string[] {
    const known = this.#places.get(from)
    if (known) return known
    const own = `${from}/node_modules`
    const parent = dirname(from)
    const above = parent === from ? [] : this.#modules(parent)
    const places = exists(own) ? [own, ...above] : above
    this.#places.set(from, places)
    return places
  }
}
