import type { Manifest } from './manifest.ts'
import type { Awaitable } from './hooks.ts'
import type { DefinedPlugin } from './plugin.ts'

/** Item of `contributes.pluginHosts`: a place where the code of other plugins runs. Data: nothing is registered for it. */
export interface PluginHostItem {
  /** What a lock entry or the option `hosted` calls it. */
  readonly name: string
  /** The service of this plugin that is a `PluginHost`. */
  readonly service: string
  /** Extension points that a plugin in it may contribute to; `hooks` stands for taps. It may do nothing else. */
  readonly points: readonly string[]
  /** Services that a plugin in it may require; missing: all. */
  readonly services?: readonly string[]
  /** Endings of files that are a whole plugin, `.lua`: those always run in it. */
  readonly files?: readonly string[]
  /** Of such files: by point, what an item has where its header does not say it. Its name is then that of the plugin. */
  readonly defaults?: Readonly<Record<string, object>>
  /** Of such files: by point, the keys of an item that may be a schema in the short form of `expandSchema`. */
  readonly schemas?: Readonly<Record<string, readonly string[]>>
}

/** A plugin whose code the kernel does not import itself. */
export interface HostedPlugin {
  readonly id: string
  readonly version: string
  /** Folder of the package. */
  readonly root: string
  /** Of one from the plugin folder: the npm project that it was installed into. What lies above or outside is not its own. */
  readonly project?: string
  /** Absolute path of the manifest's `main`. */
  readonly main: string
  readonly manifest: Manifest
  /** True where it is only tried: its code runs in `setup`, which raises what that raises. */
  readonly trial?: boolean
  /** Told before its code is read again, long after `load`. @throws INTEGRITY where it is not the one that was accepted */
  verify(): void
  /** Takes it out of service: from here on it is failed in the report, for this reason. */
  fail(reason: Error): void
}

/** Stands in for the kernel's own import. */
export interface PluginHost {
  /** A plugin whose `setup` registers what stands for the hosted one. Runs none of its code before that. */
  load(plugin: HostedPlugin): Awaitable<DefinedPlugin>
}
