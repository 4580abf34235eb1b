import { SpellError, fromErrorRecord } from '@llmspell/sdk'
import type { HostCall, HostReply, SessionOptions } from '@llmspell/sdk'
import { posix } from 'node:path'
import { plainSource } from './typescript.ts'

const ENDINGS = ['.js', '.mjs', '.ts']
const MOST_MODULES = 1000
const LITERAL = /\b(?:import|require)\s*\(\s*(?:'([^'\n\\]+)'|"([^"\n\\]+)")\s*\)/g

/** A script module as it is compiled. */
export interface Source {
  readonly file: string
  readonly source: string
}

/** Sources of script modules by name. Where one is missing the compiler fails, and is called again when it is there. */
export class Loader {
  readonly #options: SessionOptions
  /** By the name as seen from the folder of the script. */
  readonly #found = new Map<string, Source | SpellError>()
  readonly #byFile = new Map<string, Source>()
  /** Names as seen from that folder, by file. */
  readonly #nameOf = new Map<string, string>()
  #missing = new Set<string>()
  /** The compiler waits for what is missing: nothing is asked for in place. */
  compiling = false

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** The name that the file `base` means by `name`: the file where it is known. */
  resolve(base: string, name: string): string {
    const wanted = this.nameFrom(base, name)
    const found = this.#found.get(wanted)
    return found === undefined || found instanceof SpellError ? wanted : found.file
  }

  /** `./b.js` in `lib/a.js` is `./lib/b.js` as seen from the folder of the script. */
  nameFrom(base: string, name: string): string {
    const from = this.#nameOf.get(base)
    if (!/^\.\.?\//.test(name) || from === undefined) return name
    const joined = posix.join(posix.dirname(from), name)
    return joined.startsWith('.') ? joined : `./${joined}`
  }

  /** The source of a resolved name. @throws SpellError; while compiling it also notes what is missing */
  load(name: string): Source {
    const known = this.#byFile.get(name) ?? this.#found.get(name)
    if (known instanceof SpellError) throw known
    if (known) return known
    if (this.compiling) {
      this.#missing.add(name)
      throw new SpellError('FILE_NOT_FOUND', `Script module '${name}' is not loaded yet.`)
    }
    return this.#keep(name, this.#options.callInPlace(request(name)))
  }

  /** Loads what the compiler missed. @returns false where nothing was missing */
  async fetchMissing(): Promise<boolean> {
    const names = [...this.#missing]
    this.#missing = new Set()
    for (const name of names) await this.#fetch(name)
    return names.length > 0 && this.#found.size < MOST_MODULES
  }

  /** Loads what a source names in calls of import and require, so that it is there at once. */
  async preload({ file, source }: Source): Promise<void> {
    for (const [, single, double] of source.matchAll(LITERAL)) {
      const name = this.nameFrom(file, (single ?? double)!)
      if (this.#found.has(name) || this.#found.size >= MOST_MODULES) continue
      await this.#fetch(name)
    }
  }

  async #fetch(name: string): Promise<void> {
    try {
      const source = this.#keep(name, await this.#options.call(request(name)))
      await this.preload(source)
    } catch (error) {
      this.#found.set(name, error as SpellError)
    }
  }

  #keep(name: string, reply: HostReply): Source {
    if (!reply.ok) throw fromErrorRecord(reply.error)
    const { file, source } = reply.value as unknown as Source
    const known = this.#byFile.get(file)
    const found = known ?? { file, source: plainSource(source, file) }
    this.#found.set(name, found)
    this.#byFile.set(file, found)
    if (!this.#nameOf.has(file)) this.#nameOf.set(file, name)
    return found
  }
}

function request(name: string): HostCall {
  return { module: 'Run', function: 'load_module', args: [name, ENDINGS] }
}
