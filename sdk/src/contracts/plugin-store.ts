import type { PermissionSet } from '../manifest.ts'
import type { PluginProblem } from '../plugins.ts'

/** What has to be said before a change: nothing, a yes to what is shown, or trust in the code. */
export type ConsentNeeded = 'nothing' | 'yes' | 'trust'

/** One plugin as it would be after a change. */
export interface PluginChange {
  readonly action: 'install' | 'update' | 'rollback'
  readonly id: string
  readonly package: string
  readonly version: string
  /** Version that is there. */
  readonly before?: string
  /** What was asked for: `name@^1`, a path, a git address. */
  readonly from: string
  /** Where the archive came from, and npm's hash of it. */
  readonly resolved?: string
  readonly integrity?: string
  /** ISO time at which the registry says that it was published. */
  readonly published?: string
  /** What the registry says of its provenance. Nobody checked it. */
  readonly provenance: 'stated' | 'none'
  readonly deprecated?: string
  /** The plugin host that runs its code; absent: it runs in this process, with all its rights. */
  readonly host?: string
  readonly permissions: PermissionSet
  /** Of the permissions, what was not accepted before; and what is gone. */
  readonly widened: PermissionSet
  readonly narrowed: PermissionSet
  /** Names by what they are: `{ tools: ['weather'], services: ['clock'] }`. */
  readonly brings: Readonly<Record<string, readonly string[]>>
  /** `tools weather`: what was not there before, and what is gone. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Other packages that came along, and all files. */
  readonly dependencies: number
  readonly files: number
  readonly bytes: number
  readonly warnings: readonly PluginProblem[]
  readonly needs: ConsentNeeded
}

export interface StoreOptions {
  /** Shows the changes and answers for all of them; asked only where one of them needs something. */
  consent(changes: readonly PluginChange[]): Promise<boolean>
  /** True where plugins shall run in this process, with all its rights. */
  readonly trust?: boolean
  /** True where git addresses may be installed. */
  readonly git?: boolean
  /** Days that a version must have been public; default 7. */
  readonly minAge?: number
  /** Hears what is being done. */
  progress?(text: string): void
  readonly signal?: AbortSignal
}

export interface StoreResult {
  /** False where the consent was refused, or nothing had to change. */
  readonly changed: boolean
  readonly plugins: readonly PluginChange[]
  /** Ids that an update left as they are, with the reason. */
  readonly kept: readonly { readonly id: string; readonly why: string }[]
}

/** One plugin of the plugin folder. */
export interface StoredPlugin {
  readonly id: string
  readonly package: string
  readonly version: string
  readonly from: string
  readonly resolved?: string
  readonly integrity?: string
  readonly host?: string
  readonly trusted: boolean
  readonly permissions: PermissionSet
  readonly enabled: boolean
  /** Folder of the package. */
  readonly root: string
  /** Version that a rollback would bring back. */
  readonly previous?: string
}

/** A package of the registry. */
export interface FoundPackage {
  readonly package: string
  readonly version: string
  readonly description: string
  readonly date?: string
  readonly installed: boolean
}

/** What differs from what was accepted. */
export interface VerifiedPlugin {
  readonly id: string
  readonly version: string
  readonly ok: boolean
  /** True where package.json says something else of the plugin than was accepted. */
  readonly manifest: boolean
  readonly changed: readonly string[]
  readonly missing: readonly string[]
  readonly added: readonly string[]
}

/** Folders under development, and what is switched off. */
export interface StoreSettings {
  readonly linked: readonly string[]
  readonly disabled: readonly string[]
}

/** Service `plugin-store`: installs plugins into the user's plugin folder. Runs none of their code before it may. */
export interface PluginStore {
  /** @throws PLUGIN_SPEC, NPM_FAILED, PLUGIN_INVALID, PLUGIN_UNUSABLE, PLUGIN_BROKEN, PLUGIN_STORE_BUSY: nothing has changed then */
  install(specs: readonly string[], options: StoreOptions): Promise<StoreResult>
  /** No names: all of them. */
  update(names: readonly string[], options: StoreOptions): Promise<StoreResult>
  /** Brings back the version before the last update. */
  rollback(name: string, options: StoreOptions): Promise<StoreResult>
  /** @throws PLUGIN_NEEDED where others would be left without something, unless forced */
  uninstall(
    names: readonly string[],
    options?: { readonly force?: boolean },
  ): Promise<readonly string[]>
  list(): Promise<readonly StoredPlugin[]>
  /** What the registry says of a package, which is not installed for it. */
  look(spec: string): Promise<PluginChange>
  search(text: string, limit: number): Promise<readonly FoundPackage[]>
  settings(): Promise<StoreSettings>
  /** @returns id of the plugin */
  link(folder: string): Promise<string>
  /** @param name id or folder; @returns the folder */
  unlink(name: string): Promise<string>
  /** @returns false where it was so already */
  switch(id: string, on: boolean): Promise<boolean>
  verify(names: readonly string[]): Promise<readonly VerifiedPlugin[]>
  /** What is wrong with the folder itself. */
  health(): Promise<readonly PluginProblem[]>
}

declare module '../services.ts' {
  interface Services {
    'plugin-store': PluginStore
  }
}
