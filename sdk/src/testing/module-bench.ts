import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunRequest, ScriptRuntime } from '../contracts/run.ts'
import type {
  ScriptFunction,
  ScriptModule,
  ScriptModuleHandlers,
  ScriptModuleItem,
} from '../contracts/script-module.ts'
import type { Awaitable } from '../hooks.ts'
import type { Manifest } from '../manifest.ts'
import type { DefinedPlugin, Plugin } from '../plugin.ts'
import type { Services } from '../services.ts'
import { testHost } from './test-host.ts'
import { manifestOf } from './tool-bench.ts'

/** A runtime that has the plugin, for what needs scripts. */
export interface ModulePlace {
  readonly runtime: Pick<ScriptRuntime, 'run' | 'replay'>
  /** The engines that the examples run in. */
  readonly engines: readonly { readonly name: string; readonly language: string }[]
  /** What the plugin contributed there. */
  handlers(): Awaitable<ScriptModuleHandlers>
  /** What every run gets: grants, settings, limits, the folder that paths start from. */
  readonly request?: Partial<RunRequest>
  /** False where nothing keeps journals: no run is durable then. */
  readonly durable?: boolean
}

export interface ScriptModuleSuiteOptions {
  /** Folder of the plugin's package, as a URL with a final slash: `new URL('../', import.meta.url)`. */
  readonly package: URL
  /** Name of the module in `contributes.script-modules`. */
  readonly name: string
  /** The plugin, set up in memory for its handlers. */
  readonly plugin?: DefinedPlugin<never>
  /** Stand-ins, or the real things, for what the plugin requires. */
  readonly services?: Partial<Services>
  readonly config?: object
  /** A runtime with the plugin in it. Without it the examples are not run. */
  readonly open?: () => Awaitable<ModulePlace>
  /** Codes of other plugins than those that come with llmspell. */
  readonly codes?: readonly string[]
}

/** A function or a method of a module: methods as `Handle.method`. */
export interface NamedFunction {
  readonly name: string
  readonly handle?: string
  readonly fn: ScriptFunction
}

/** One script module with all that its checks look at. */
export class ModuleBench {
  readonly manifest: Manifest
  readonly item: ScriptModuleItem
  readonly module: ScriptModule
  readonly functions: readonly NamedFunction[]
  readonly options: ScriptModuleSuiteOptions
  #place: Promise<ModulePlace> | undefined

  constructor(options: ScriptModuleSuiteOptions) {
    this.options = options
    this.manifest = manifestOf(options)
    const all = this.manifest.contributes?.['script-modules'] ?? []
    const items = all as unknown as readonly ScriptModuleItem[]
    const item = items.find(({ name }) => name === options.name)
    if (!item) throw new TypeError(`The manifest contributes no script module '${options.name}'.`)
    this.item = item
    this.module = moduleOf(item, options.package)
    this.functions = functionsOf(this.module)
  }

  /** Those that a script sees. */
  get seen(): readonly NamedFunction[] {
    return this.item.hidden ? [] : this.functions.filter(({ fn }) => !fn.hidden)
  }

  place(): Promise<ModulePlace> {
    this.#place ??= Promise.resolve(this.options.open?.() as Awaitable<ModulePlace>)
    return this.#place
  }

  async handlers(): Promise<ScriptModuleHandlers> {
    if (this.options.open) return (await this.place()).handlers()
    const { plugin, services = {}, config = {}, package: folder, name } = this.options
    const root = fileURLToPath(folder)
    const options = { manifest: this.manifest, services, config, root }
    await using host = await testHost(plugin as Plugin, options)
    return host.contribution('script-modules', name)
  }
}

function moduleOf({ module }: ScriptModuleItem, folder: URL): ScriptModule {
  if (typeof module !== 'string') return module
  return JSON.parse(readFileSync(fileURLToPath(new URL(module, folder)), 'utf8')) as ScriptModule
}

function functionsOf({ functions, handles = {} }: ScriptModule): NamedFunction[] {
  const own = Object.entries(functions).map(([name, fn]) => ({ name, fn }))
  const methods = Object.entries(handles).flatMap(([handle, { methods: of }]) =>
    Object.entries(of).map(([method, fn]) => ({ name: `${handle}.${method}`, handle, fn })),
  )
  return [...own, ...methods]
}
