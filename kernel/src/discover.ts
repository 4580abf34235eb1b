import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRecord, readJson } from './files.ts'
import { manifestHash, readLock, type LockEntry } from './lock.ts'
import { readManifest } from './manifest.ts'
import type { InlinePlugin, KernelOptions, PluginSource } from './options.ts'
import { PackageFinder } from './packages.ts'
import { error, warning, type Problem, type ProblemParts } from './problem.ts'
import { recordOf, type Found, type PluginRecord, type Rejected, type Source } from './record.ts'

/**
 * Finds the plugins that the options name: the host's list, its package.json, the plugin folder,
 * linked folders, in this order. Reads package.json files and runs no plugin code. Never throws.
 */
export function discover(options: KernelOptions): Found {
  return new Discovery(options).run()
}

/** What is known of a plugin that is rejected. */
interface Row {
  readonly name: string
  readonly version: string
  readonly source: Source
  readonly root?: string | undefined
  readonly phase?: string
  readonly hooks?: readonly string[]
}

class Discovery {
  readonly #options: KernelOptions
  readonly #finder = new PackageFinder()
  readonly #roots = new Set<string>()
  readonly #records: PluginRecord[] = []
  readonly #rejected: Rejected[] = []
  readonly #problems: Problem[] = []
  #lock: ReadonlyMap<string, LockEntry> = new Map()

  constructor(options: KernelOptions) {
    this.#options = options
  }

  run(): Found {
    const { plugins = [], packages, folder, linked = [] } = this.#options
    this.#lock = this.#readLock()
    for (const plugin of plugins) this.#fromHost(plugin)
    if (packages) this.#fromPackages(packages.file, 'packages', true)
    if (folder !== undefined) this.#fromPackages(join(folder, 'package.json'), 'folder', false)
    for (const root of linked) this.#fromFolder(root, 'linked', true)
    return { records: this.#records, rejected: this.#rejected, problems: this.#problems }
  }

  #fromHost(source: PluginSource): void {
    if (typeof source === 'object' && !(source instanceof URL)) return this.#fromObject(source)
    const text = String(source)
    if (text.startsWith('file:')) return this.#fromFolder(fileURLToPath(text), 'host', true)
    if (isAbsolute(text)) return this.#fromFolder(text, 'host', true)
    this.#fromName(text, this.#options.from ?? process.cwd(), 'host', true)
  }

  #fromObject(inline: InlinePlugin): void {
    const { version = '0.0.0', root } = inline
    const name = 'inline plugin'
    const { manifest, problems } = readManifest(inline.manifest, name)
    const facts = { version, source: 'host', root } as const
    const hooks = hooksOf(inline.manifest)
    if (!manifest) return this.#reject('failed', { name, hooks, ...facts }, problems)
    const more = { package: manifest.id, engine: undefined, inline }
    this.#records.push(recordOf(manifest, { ...facts, ...more }))
  }

  #fromPackages(file: string, source: Source, wanted: boolean): void {
    const json = this.#read(file, source)
    if (json === null) return
    if (!json)
      return wanted ? this.#missing(file, source, `There is no file '${file}'.`) : undefined
    const optional = Object.keys((json['optionalDependencies'] as object | undefined) ?? {})
    const names = Object.keys((json['dependencies'] as object | undefined) ?? {})
    for (const name of new Set([...names, ...optional])) {
      this.#fromName(name, dirname(file), source, false)
    }
  }

  /** @param wanted whether it must be there and be a plugin */
  #fromName(name: string, from: string, source: Source, wanted: boolean): void {
    const root = this.#finder.find(name, from)
    if (root !== undefined) return this.#fromFolder(root, source, wanted)
    // What the plugin folder names was installed once; a guard may be among it.
    if (!wanted && source !== 'folder') return
    this.#missing(name, source, `The package '${name}' was not found from '${from}'.`)
  }

  #fromFolder(root: string, source: Source, wanted: boolean): void {
    if (this.#roots.has(root)) return
    this.#roots.add(root)
    const json = this.#read(`${root}/package.json`, source)
    if (json && 'llmspell' in json) return this.#fromJson(json, root, source)
    if (!wanted || json === null) return
    const found = json ? "has no key 'llmspell'" : 'is not there'
    this.#missing(root, source, `Expected a plugin in '${root}', but its package.json ${found}.`)
  }

  #fromJson(json: Record<string, unknown>, root: string, source: Source): void {
    const name = textAt(json, 'name', root)
    const version = textAt(json, 'version', '0.0.0')
    const { manifest, problems } = readManifest(json['llmspell'], name)
    const row = { name, version, source, root, hooks: hooksOf(json['llmspell']) }
    if (!manifest) return this.#reject('failed', row, problems)
    const changed = this.#changed(manifest.id, json)
    if (changed) return this.#reject('skipped', { ...row, phase: manifest.phase }, [changed])
    const engines = json['engines']
    const engine = isRecord(engines) ? textAt(engines, 'llmspell', '') : ''
    const facts = { package: name, version, source, root, engine, inline: undefined }
    this.#records.push(recordOf(manifest, facts))
  }

  #changed(id: string, json: Record<string, unknown>): Problem | undefined {
    const entry = this.#lock.get(id)
    if (!entry || entry.manifestHash === manifestHash(json)) return undefined
    const text = `Plugin '${id}' is not the one that was accepted: its manifest differs from the lock.`
    const hint = 'Reinstall it, or accept its new manifest.'
    return error({ plugin: id, code: 'INTEGRITY', path: 'package.json', text, hint })
  }

  #readLock(): ReadonlyMap<string, LockEntry> {
    const { folder, lock = folder && join(folder, 'plugins.lock.json') } = this.#options
    if (lock === undefined || lock === '') return new Map()
    try {
      return new Map(readLock(lock).plugins.map((entry) => [entry.id, entry]))
    } catch (cause) {
      const hint = 'Restore the file, or install the plugins again.'
      this.#problem({ plugin: 'kernel', code: 'INTEGRITY', path: lock, text: textOf(cause), hint })
      return new Map()
    }
  }

  /** Undefined where there is no such file, null where it was rejected. */
  #read(file: string, source: Source): Record<string, unknown> | undefined | null {
    try {
      const json = readJson(file)
      return isRecord(json) ? json : undefined
    } catch (cause) {
      const row = { name: dirname(file), version: '0.0.0', source }
      const parts = { plugin: row.name, code: 'MANIFEST_INVALID', path: file } as const
      const hint = 'Repair the file, or install the package again.'
      this.#reject('failed', row, [error({ ...parts, text: textOf(cause), hint })])
      return null
    }
  }

  #missing(name: string, source: Source, text: string): void {
    const hint = 'Install it, or take it off the list.'
    const found = error({ plugin: name, code: 'PLUGIN_NOT_FOUND', path: '', text, hint })
    this.#reject('failed', { name, version: '0.0.0', source }, [found])
  }

  #problem(parts: ProblemParts): void {
    this.#problems.push(error(parts))
  }

  #reject(state: Rejected['state'], row: Row, problems: readonly Problem[]): void {
    const { name, phase = '', hooks = [], version, source, root } = row
    const id = problems[0]?.plugin ?? name
    const facts = { id, package: name, version, source, root, phase, hooks }
    const off = this.#options.disabled?.includes(id) ?? false
    this.#rejected.push({ ...facts, ...(off ? switchedOff(id) : { state, problems }) })
  }
}

/** What is switched off may be broken. */
function switchedOff(id: string): Pick<Rejected, 'state' | 'problems'> {
  const text = `Plugin '${id}' is disabled.`
  const found = warning({ plugin: id, code: 'PLUGIN_DISABLED', path: '', text })
  return { state: 'skipped', problems: [found] }
}

/** The points that an invalid manifest wanted to tap: a guard that is not there must be missed. */
function hooksOf(manifest: unknown): readonly string[] {
  const contributes = isRecord(manifest) ? manifest['contributes'] : undefined
  const hooks = isRecord(contributes) ? contributes['hooks'] : undefined
  return Array.isArray(hooks) ? hooks.filter((name) => typeof name === 'string') : []
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function textAt(json: Record<string, unknown>, key: string, otherwise: string): string {
  const value = json[key]
  return typeof value === 'string' ? value : otherwise
}
