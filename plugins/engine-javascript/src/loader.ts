import { SpellError, fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { HostCall, HostReply, SessionOptions } from '@llmspell/sdk'
import { posix } from 'node:path'
import { notFound } from './hints.ts'
import { plainSource } from './typescript.ts'

const ENDINGS = ['.js', '.mjs', '.ts']
const HAS_ENDING = /\.(?:js|mjs|ts)$/
const MOST_MODULES = 1000
const STATIC =
  /^[ \t]*(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(?:'([^'\n\\]+)'|"([^"\n\\]+)")/gm
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
  readonly #importers = new Map<string, { readonly base: string; readonly name: string }>()
  #missing = new Set<string>()
  /** The compiler waits for what is missing: nothing is asked for in place. */
  compiling = false

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** The name that the file `base` means by `name`: the file where it is known. */
  resolve(base: string, name: string): string {
    const wanted = this.nameFrom(base, name)
    this.#importers.set(wanted, { base, name })
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
    if (known instanceof SpellError) throw this.#placed(known, name)
    if (known) return known
    if (this.compiling) {
      this.#missing.add(name)
      throw new SpellError('FILE_NOT_FOUND', `Script module '${name}' is not loaded yet.`)
    }
    const reply = this.#options.callInPlace(request(name))
    if (!reply.ok && reply.error.code === 'WOULD_BLOCK') throw this.#placed(computed(name), name)
    return this.#keep(name, reply)
  }

  /** The same error at the line that imports the module. */
  #placed(error: SpellError, wanted: string): SpellError {
    const importer = this.#importers.get(wanted)
    const source = importer && this.#byFile.get(importer.base)?.source
    if (error.where || source === undefined) return error
    const quoted = [`'${importer!.name}'`, `"${importer!.name}"`]
    const at = Math.max(...quoted.map((text) => source.indexOf(text)))
    if (at < 0) return error
    const before = source.slice(0, at).split('\n')
    const where = { file: importer!.base, line: before.length, column: before.at(-1)!.length + 1 }
    return fromErrorRecord({ ...toErrorRecord(error), where })
  }

  /** The script itself: where its imports stand. */
  main(source: Source): void {
    this.#byFile.set(source.file, source)
  }

  /** Loads what the compiler missed. @returns false where nothing was missing */
  async fetchMissing(): Promise<boolean> {
    const names = [...this.#missing]
    this.#missing = new Set()
    for (const name of names) await this.#fetch(name)
    return names.length > 0 && this.#found.size < MOST_MODULES
  }

  /** Loads what a source names in calls of import and require, so that it is there at once. */
  async preload({ file, source }: Source, pattern = LITERAL): Promise<void> {
    for (const [, single, double] of source.matchAll(pattern)) {
      const name = this.nameFrom(file, (single ?? double)!)
      if (this.#found.has(name) || this.#found.size >= MOST_MODULES) continue
      await this.#fetch(name)
    }
  }

  async #fetch(name: string): Promise<void> {
    try {
      const source = this.#keep(name, await this.#options.call(request(name)))
      await this.preload(source)
      await this.preload(source, STATIC)
    } catch (error) {
      this.#found.set(name, error as SpellError)
    }
  }

  #keep(name: string, reply: HostReply): Source {
    if (!reply.ok) throw notFound(reply.error, name)
    const { file, source } = reply.value as unknown as Source
    const known = this.#byFile.get(file)
    const found = known ?? { file, source: plainSource(source, file) }
    this.#found.set(name, found)
    this.#byFile.set(file, found)
    for (const each of [file, name]) if (!this.#nameOf.has(each)) this.#nameOf.set(each, name)
    return found
  }
}

function request(name: string): HostCall {
  const [wanted, endings] = HAS_ENDING.test(name) ? [dotted(name), []] : [name, ENDINGS]
  return { module: 'Run', function: 'load_module', args: [wanted, endings] }
}

/** A name without a slash is taken apart at its dots, which an ending must not be. */
function dotted(name: string): string {
  return name.includes('/') ? name : `./${name}`
}

function computed(name: string): SpellError {
  return new SpellError('WOULD_BLOCK', `Script module '${name}' is not loaded yet.`, {
    hint: 'Import it by a name that stands in the script as text, or run with --isolation=worker.',
  })
}
