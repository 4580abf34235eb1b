import {
  didYouMean,
  type FoundPackage,
  type Jail,
  type PluginChange,
  type PluginChecks,
  type PluginProblem,
  type PluginStore,
  type StoredPlugin,
  type StoreOptions,
  type StoreResult,
  type StoreSettings,
  type VerifiedPlugin,
} from '@llmspell/sdk'
import { join } from 'node:path'
import { applied, type Draft } from './apply.ts'
import { fail, storeFault } from './errors.ts'
import type { PluginStoreConfig } from './generated/config.ts'
import { health } from './health.ts'
import { Installer } from './installer.ts'
import { refuseSource } from './refuse-source.ts'
import {
  readSettings,
  readStoreLock,
  writeStoreLock,
  type Entry,
  type StoreLock,
} from './lock-file.ts'
import { listed } from './listed.ts'
import { forget, link, switched, unlink } from './settings.ts'
import { look, search } from './look.ts'
import { Npm } from './npm.ts'
import { sourceOf } from './spec.ts'
import type { Staged } from './staged.ts'
import { STAGING, sweep } from './sweep.ts'
import { newErrors } from './trial.ts'
import { inTurn } from './turn.ts'
import { verifyEntry } from './verify.ts'
import { rolledBack } from './rollback.ts'
import { updated } from './update.ts'

/** The service `plugin-store`. */
export class FolderStore implements PluginStore {
  readonly #config: PluginStoreConfig
  readonly #checks: PluginChecks
  readonly #npm: Npm
  readonly #jail: Jail | undefined

  constructor(config: PluginStoreConfig, checks: PluginChecks, jail?: Jail) {
    this.#config = config
    this.#checks = checks
    this.#jail = jail
    this.#npm = new Npm(config.npm, config.timeout_ms)
  }

  async install(specs: readonly string[], options: StoreOptions): Promise<StoreResult> {
    const sources = specs.map((spec) => sourceOf(spec, process.cwd()))
    for (const source of sources) refuseSource(source, options)
    return this.#change(options, async (lock, installer) => {
      const staged: Staged[] = []
      for (const source of sources)
        staged.push(await installer.stage(source, await installer.seen(source, options), options))
      return { action: 'install', lock, staged, kept: [] }
    })
  }

  update(names: readonly string[], options: StoreOptions): Promise<StoreResult> {
    return this.#change(options, async (lock, installer) => {
      const entries =
        names.length === 0 ? lock.plugins : names.map((name) => this.#named(lock, name))
      return updated(lock, entries, installer, options)
    })
  }

  rollback(name: string, options: StoreOptions): Promise<StoreResult> {
    return this.#change(options, async (lock) =>
      rolledBack(this.#folder, lock, this.#named(lock, name), this.#checks),
    )
  }

  uninstall(names: readonly string[], { force = false } = {}): Promise<readonly string[]> {
    return this.#turn({}, async (lock) => {
      const gone = names.map((name) => this.#named(lock, name).id)
      const plugins = lock.plugins.filter(({ id }) => !gone.includes(id))
      if (!force) await this.#refuseNeeded(lock, plugins, gone)
      await writeStoreLock(this.#folder, { ...lock, plugins })
      this.#checks.index(this.#folder)
      await forget(this.#folder, gone)
      return gone
    })
  }

  async list(): Promise<readonly StoredPlugin[]> {
    return listed(this.#folder, this.#lock(), await this.settings())
  }

  async look(spec: string): Promise<PluginChange> {
    const source = sourceOf(spec, process.cwd())
    return this.#told(() => look(source, this.#npm, this.#folder, this.#checks, this.#config.host))
  }

  search(text: string, limit: number): Promise<readonly FoundPackage[]> {
    return this.#told(() => search(text, limit, this.#npm, this.#folder, this.#lock().plugins))
  }

  settings(): Promise<StoreSettings> {
    return Promise.resolve(readSettings(this.#folder))
  }

  link(folder: string): Promise<string> {
    return this.#turn({}, (lock) => link(this.#folder, folder, lock, this.#checks))
  }

  unlink(name: string): Promise<string> {
    return this.#turn({}, () => unlink(this.#folder, name, this.#checks))
  }

  switch(id: string, on: boolean): Promise<boolean> {
    return this.#turn({}, () => switched(this.#folder, id, on, this.#checks))
  }

  async verify(names: readonly string[]): Promise<readonly VerifiedPlugin[]> {
    const lock = this.#lock()
    const entries = names.length === 0 ? lock.plugins : names.map((name) => this.#named(lock, name))
    return entries.map((entry) => verifyEntry(this.#folder, entry, this.#checks))
  }

  health(): Promise<readonly PluginProblem[]> {
    return Promise.resolve(health(this.#folder, this.#checks))
  }

  get #folder(): string {
    const { folder } = this.#config
    if (folder !== undefined) return folder
    throw fail(
      'PLUGIN_STORE_FAILED',
      'No plugin folder is known: there is no home.',
      'Set LLMSPELL_HOME to an absolute path.',
    )
  }

  #lock(): StoreLock {
    return readStoreLock(this.#folder)
  }

  /** @throws PLUGIN_NOT_FOUND with a suggestion */
  #named({ plugins }: StoreLock, name: string): Entry {
    const found =
      plugins.find(({ id }) => id === name) ?? plugins.find((entry) => entry.package === name)
    if (found) return found
    const names = plugins.flatMap((entry) => [entry.id, entry.package])
    const hint = didYouMean(name, names, 'List them with: llmspell plugin list')
    throw fail('PLUGIN_NOT_FOUND', `Plugin '${name}' is not in the plugin folder.`, hint)
  }

  #change(
    options: StoreOptions,
    make: (lock: StoreLock, installer: Installer) => Promise<Draft>,
  ): Promise<StoreResult> {
    const { min_age } = this.#config
    return this.#turn(options, async (lock) => {
      const installer = new Installer(this.#folder, this.#npm, this.#checks, min_age)
      const parts = {
        store: this.#folder,
        checks: this.#checks,
        config: this.#config,
        installer,
        options,
        jail: this.#jail,
      }
      return applied(await make(lock, installer), parts)
    })
  }

  /** One process at a time; what was left over is removed before, and what this leaves behind. */
  #turn<T>(
    { progress }: Pick<StoreOptions, 'progress'>,
    work: (lock: StoreLock) => Promise<T>,
  ): Promise<T> {
    const folder = this.#folder
    return this.#told(() =>
      inTurn(folder, { wait: this.#config.wait_ms, tell: progress }, async () => {
        const lock = readStoreLock(folder)
        await sweep(folder, lock)
        try {
          return await work(lock)
        } finally {
          await sweep(folder, readStoreLock(folder))
        }
      }),
    )
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw storeFault(error, this.#config.folder ?? '')
    }
  }

  async #refuseNeeded(
    lock: StoreLock,
    left: readonly Entry[],
    gone: readonly string[],
  ): Promise<void> {
    const { linked } = readSettings(this.#folder)
    const say = (plugins: readonly Entry[]) => this.#trial(plugins, linked)
    const [before, after] = [await say(lock.plugins), await say(left)]
    const [first] = newErrors(before.problems, after.problems)
    if (!first) return
    const text = `${gone.map((id) => `'${id}'`).join(', ')} cannot be uninstalled: plugin '${first.plugin}' needs it: ${first.text}`
    throw fail('PLUGIN_NEEDED', text, `Uninstall '${first.plugin}' too, or pass --force.`)
  }

  async #trial(plugins: readonly Entry[], linked: readonly string[]) {
    const { mkdir } = await import('node:fs/promises')
    const { writeJson, LOCK } = await import('./lock-file.ts')
    const place = join(this.#folder, STAGING)
    await mkdir(place, { recursive: true, mode: 0o700 })
    const lock = join(place, LOCK)
    await writeJson(lock, { plugins })
    return this.#checks.trial({ folder: this.#folder, lock, linked })
  }
}
