import { dirname } from 'node:path'
import { readPackage, sameAgain, type ReadPackage } from './compat/read.ts'
import { refusal, type Accepted } from './discover-lock.ts'
import { isRecord, readJson } from './files.ts'
import { hooksOf, type Finds } from './finds.ts'
import type { Facts, Package } from './index-file.ts'
import { PackageFinder } from './packages.ts'
import { recordOf, type Source } from './record.ts'

/** Reads plugins from the package.json files of their packages, each folder once. */
export class PackageReader {
  /** Every package that was there, in its order. */
  readonly taken: Package[] = []
  readonly #finder = new PackageFinder()
  readonly #roots = new Set<string>()
  readonly #finds: Finds
  readonly #accepted: Accepted

  constructor(finds: Finds, accepted: Accepted) {
    this.#finds = finds
    this.#accepted = accepted
  }

  /** The plugins among the dependencies of a package.json. @returns whether there is such a file */
  dependencies(file: string, source: Source): boolean {
    const json = this.#read(file, source)
    if (!json) return json === null
    const optional = Object.keys((json['optionalDependencies'] as object | undefined) ?? {})
    const names = Object.keys((json['dependencies'] as object | undefined) ?? {})
    for (const name of new Set([...names, ...optional])) {
      this.named(name, dirname(file), source, false)
    }
    return true
  }

  /** @param wanted whether it must be there and be a plugin */
  named(name: string, from: string, source: Source, wanted: boolean): void {
    const root = this.#finder.find(name, from)
    if (root !== undefined) return this.folder(root, source, wanted)
    // What the plugin folder names was installed once; a guard may be among it.
    if (!wanted && source !== 'folder') return
    this.#finds.missing(name, source, `The package '${name}' was not found from '${from}'.`)
  }

  folder(root: string, source: Source, wanted: boolean): void {
    if (this.#roots.has(root)) return
    this.#roots.add(root)
    const json = this.#read(`${root}/package.json`, source)
    if (json) this.taken.push([root, json])
    if (json && 'llmspell' in json) return this.#add(json, root, source)
    if (!wanted || json === null) return
    const found = json ? "has no key 'llmspell'" : 'is not there'
    const text = `Expected a plugin in '${root}', but its package.json ${found}.`
    this.#finds.missing(root, source, text)
  }

  /**
   * A package whose package.json an index has.
   * @param hash what the lock has of it, to be compared when it is loaded
   * @returns false where it makes no sense, and has to be read
   */
  known(one: Package, source: Source, hash?: string): boolean {
    const [root, json] = one
    if (this.#roots.has(root)) return true
    // Where no lock has a hash of it, nothing is in the index but what was read before without fault.
    const read = hash === undefined ? sameAgain(json) : readPackage(json, root)
    if (hash !== undefined && !read.manifest) return false
    this.#roots.add(root)
    this.taken.push(one)
    const locked = hash === undefined && this.#accepted.has(read.manifest?.id ?? '')
    if (locked) this.#add(json, root, source)
    else this.#accept(read, one, source, hash)
    return true
  }

  #add(json: Facts, root: string, source: Source): void {
    const name = textAt(json, 'name', root)
    const version = textAt(json, 'version', '0.0.0')
    const read = readPackage(json, name)
    const { manifest, problems } = read
    const row = { name, version, source, root, hooks: hooksOf(json['llmspell']) }
    if (!manifest) return this.#finds.reject('failed', row, problems)
    const refused = refusal(manifest.id, json, this.#accepted)
    if (refused) return this.#finds.reject('skipped', { ...row, phase: manifest.phase }, [refused])
    this.#accept(read, [root, json], source)
  }

  #accept(read: ReadPackage, [root, json]: Package, source: Source, hash?: string): void {
    const { manifest, engine } = read
    if (!manifest) return
    const files = source === 'folder' ? this.#accepted.get(manifest.id)?.files : undefined
    const facts = {
      package: textAt(json, 'name', root),
      version: textAt(json, 'version', '0.0.0'),
      source,
      root,
      engine,
      inline: undefined,
      ...(files === undefined ? {} : { files }),
      ...(hash === undefined ? {} : { kept: { hash, json } }),
    }
    this.#finds.records.push(recordOf(manifest, facts))
  }

  /** Undefined where there is no such file, null where it was rejected. */
  #read(file: string, source: Source): Facts | undefined | null {
    try {
      const json = readJson(file)
      return isRecord(json) ? json : undefined
    } catch (cause) {
      this.#finds.unreadable(file, source, cause)
      return null
    }
  }
}

function textAt(json: Facts, key: string, otherwise: string): string {
  const value = json[key]
  return typeof value === 'string' ? value : otherwise
}
