import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PluginChecks, StoreOptions } from '@llmspell/sdk'
import { writeJson, type Entry } from './lock-file.ts'
import type { Npm, NpmCall } from './npm.ts'
import { refuseSource } from './refuse-source.ts'
import { registryVersion, tooNew, type RegistryVersion } from './registry.ts'
import { folderName, type Source } from './spec.ts'
import { readStaged, type Staged } from './staged.ts'
import { PACKAGES, STAGING } from './sweep.ts'
import { projectOf } from './verify.ts'

// Scripts of packages never run; what a folder or a git address brings is packed like what is published.
const FLAGS = [
  '--ignore-scripts',
  '--save-exact',
  '--omit=dev',
  '--no-bin-links',
  '--install-links',
  '--no-omit-lockfile-registry-resolved',
  '--install-strategy=hoisted',
]
const DAY = 86_400_000

/** Makes a project of its own for each plugin, out of the way, and moves it to where it stays. */
export class Installer {
  readonly #store: string
  readonly #npm: Npm
  readonly #checks: PluginChecks
  readonly #minAge: number

  constructor(store: string, npm: Npm, checks: PluginChecks, minAge: number) {
    this.#store = store
    this.#npm = npm
    this.#checks = checks
    this.#minAge = minAge
  }

  /** What the registry has for a source; undefined for one that is not there. @throws PLUGIN_TOO_NEW */
  async seen(source: Source, options: StoreOptions): Promise<RegistryVersion | undefined> {
    if (source.kind !== 'registry') return undefined
    options.progress?.(`asking the registry for ${source.from}`)
    const found = await registryVersion(this.#npm, source.from, this.#call(this.#store, options))
    const young = tooNew(found, this.#ageOf(options))
    if (young) throw young
    return found
  }

  /** @throws PLUGIN_SPEC, PLUGIN_INVALID, NPM_FAILED; leaves nothing then */
  async stage(
    source: Source,
    seen: RegistryVersion | undefined,
    options: StoreOptions,
  ): Promise<Staged> {
    refuseSource(source, options)
    const folder = join(this.#store, STAGING, randomBytes(6).toString('hex'))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      await writeJson(join(folder, 'package.json'), { name: 'plugin', private: true })
      const spec = seen ? `${seen.name}@${seen.version}` : source.from
      options.progress?.(`installing ${spec}`)
      await this.#npm.json(
        ['install', ...FLAGS, ...this.#limits(source, options), '--', spec],
        this.#call(folder, options),
      )
      return await readStaged(this.#store, folder, source, this.#checks, seen)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Moves a project to where it stays. Nothing names it there yet. */
  async settle(entry: Entry): Promise<Entry> {
    const project = projectOf(this.#store, entry)
    const name = `${folderName(entry.package, entry.version)}-${randomBytes(4).toString('hex')}`
    await mkdir(join(this.#store, PACKAGES), { recursive: true, mode: 0o700 })
    await rm(join(project, 'plugins.lock.json'), { force: true })
    await rename(project, join(this.#store, PACKAGES, name))
    const inside = entry.root.slice(entry.root.indexOf('/node_modules/'))
    return { ...entry, root: `${PACKAGES}/${name}${inside}` }
  }

  #ageOf({ minAge = this.#minAge }: StoreOptions): number {
    return minAge
  }

  #call(cwd: string, { signal }: StoreOptions): NpmCall {
    return { cwd, ...(signal ? { signal } : {}) }
  }

  #limits(source: Source, options: StoreOptions): string[] {
    const age = this.#ageOf(options)
    const before = age > 0 ? [`--before=${new Date(Date.now() - age * DAY).toISOString()}`] : []
    const { kind } = source
    const root = (own: Source['kind']): string => (kind === own ? 'root' : 'none')
    // What it depends on comes from the registry alone: a path would copy files of the user's into its folder.
    const places = [`--allow-git=${root('git')}`, `--allow-file=${root('path')}`]
    return [...places, `--allow-directory=${root('path')}`, '--allow-remote=none', ...before]
  }
}
