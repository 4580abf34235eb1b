import { basename, dirname, extname } from 'node:path'
import { didYouMean, isSpellError, PHASES, type Manifest, type PluginHostItem } from '@llmspell/sdk'
import { filledItems, ItemFault } from './file-items.ts'
import { isRecord } from './files.ts'
import { Finds, hooksOf, textOf } from './finds.ts'
import { readHead } from './head.ts'
import { isFault, readHeader, type Header } from './header.ts'
import { readManifest } from './manifest.ts'
import { error, type Problem } from './problem.ts'
import { recordOf } from './record.ts'

const KEYS = [
  'id',
  'version',
  'description',
  'engines',
  'requires',
  'optional',
  'contributes',
  'config',
  'permissions',
]

/** Plugins that are one file: their manifest is in the comment at its top. */
export function fromFiles(files: readonly string[], finds: Finds): void {
  if (files.length === 0) return
  const items = finds.records.flatMap(
    ({ contributions }) => contributions.items.get('pluginHosts') ?? [],
  )
  const hosts = items as unknown as readonly PluginHostItem[]
  for (const file of new Set(files)) new SingleFile(file, finds, hostFor(file, hosts)).add()
}

/** The manifest of a plugin that is one file, as discovery reads it; nothing where it cannot be used. */
export function readPluginFile(
  file: string,
  hosts: readonly PluginHostItem[],
): Manifest | undefined {
  const finds = new Finds([])
  new SingleFile(file, finds, hostFor(file, hosts)).add()
  return finds.records[0]?.manifest
}

function hostFor(file: string, hosts: readonly PluginHostItem[]): PluginHostItem | undefined {
  return hosts.find(({ files = [] }) => files.includes(extname(file)))
}

class SingleFile {
  readonly #file: string
  readonly #finds: Finds
  readonly #host: PluginHostItem | undefined
  #id: string
  #header: Header = { value: {}, lineOf: () => 1 }

  constructor(file: string, finds: Finds, host: PluginHostItem | undefined) {
    this.#file = file
    this.#finds = finds
    this.#host = host
    this.#id = idOf(file)
  }

  add(): void {
    const problems = this.#read() ?? this.#faults()
    if (problems.length > 0) this.#reject(problems)
    else this.#record()
  }

  /** @returns why there is no header */
  #read(): readonly Problem[] | undefined {
    try {
      const read = readHeader(readHead(this.#file))
      if (isFault(read)) {
        const { line, column, text, hint } = read
        return [
          this.#problem(`:${line}:${column}`, `line ${line}, column ${column}: ${text}`, hint),
        ]
      }
      this.#header = read
      const { id } = read.value
      if (typeof id === 'string') this.#id = id
      return undefined
    } catch (cause) {
      return [this.#problem('', textOf(cause), 'Correct the file, or take it off the list.')]
    }
  }

  /** What is no part of a manifest. */
  #faults(): readonly Problem[] {
    const { value } = this.#header
    const unknown = Object.keys(value)
      .filter((key) => !KEYS.includes(key))
      .map((key) => {
        const hint = didYouMean(key, KEYS, `It has: ${KEYS.join(', ')}.`)
        return this.#at(key, `the header of a file has no key '${key}'`, hint)
      })
    const texts = ['version', 'description']
      .filter((key) => value[key] !== undefined && typeof value[key] !== 'string')
      .map((key) => {
        const text = `'${key}': expected text, found ${typeof value[key]}`
        return this.#at(key, text, 'Write it in quotes.')
      })
    return [...unknown, ...texts]
  }

  #record(): void {
    const whole = this.#manifest()
    if (!whole) return
    const { manifest, problems } = readManifest(whole, this.#id)
    if (!manifest) return this.#reject(problems.map((found) => this.#placed(found)))
    const { engines, description } = this.#header.value
    const facts = { version: this.#version, source: 'host', root: dirname(this.#file) } as const
    const range = isRecord(engines) ? engines['llmspell'] : undefined
    const engine = typeof range === 'string' ? range : undefined
    const about = typeof description === 'string' ? { description } : {}
    const more = { package: manifest.id, engine, inline: undefined, single: true, ...about }
    this.#finds.records.push(recordOf(manifest, { ...facts, ...more }))
  }

  #manifest(): object | undefined {
    const { version: _, description: _text, engines: _range, ...own } = this.#header.value
    const main = `./${basename(this.#file)}`
    const parts = { manifest: 1, id: this.#id, main, phase: PHASES.at(-1)!, ...own }
    if (own['contributes'] === undefined) return parts
    try {
      return { ...parts, contributes: filledItems(own['contributes'], this.#id, this.#host) }
    } catch (fault) {
      if (!(fault instanceof ItemFault)) throw fault
      const hint = isSpellError(fault.cause) ? fault.cause.hint : undefined
      this.#reject([this.#at(fault.path, fault.message.replace(/\.$/, ''), hint ?? 'Correct it.')])
      return undefined
    }
  }

  get #version(): string {
    const { version } = this.#header.value
    return typeof version === 'string' ? version : '0.0.0'
  }

  /** A problem of a manifest, with the line that it is about. */
  #placed(found: Problem): Problem {
    const line = this.#header.lineOf(found.path.replace(/^llmspell\.?/, ''))
    const own = found.hint?.startsWith('Correct ') ? undefined : found.hint
    const hint = own ?? `Correct line ${line} of '${this.#file}'.`
    return { ...found, path: `${this.#file}:${line}`, hint }
  }

  #at(key: string, text: string, hint: string): Problem {
    const line = this.#header.lineOf(key)
    return this.#problem(`:${line}`, `line ${line}: ${text}`, hint)
  }

  #problem(place: string, text: string, hint: string): Problem {
    const said = `The plugin file '${this.#file}' cannot be used: ${text}.`
    const about = { plugin: this.#id, path: `${this.#file}${place}`, text: said, hint }
    return error({ code: 'MANIFEST_INVALID', ...about })
  }

  #reject(problems: readonly Problem[]): void {
    const facts = { name: this.#id, version: this.#version, root: dirname(this.#file) }
    const hooks = hooksOf(this.#header.value)
    this.#finds.reject('failed', { ...facts, source: 'host', hooks }, problems)
  }
}

/** The name of a file, as far as an id can have it. */
function idOf(file: string): string {
  const name = basename(file, extname(file)).toLowerCase()
  const id = name.replaceAll(/[^a-z0-9-]+/g, '-').replace(/^[^a-z]+/, '')
  return id.slice(0, 64) || basename(file)
}
