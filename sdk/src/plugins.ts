import type { Manifest, PermissionSet } from './manifest.ts'

/** One thing that is wrong with a plugin, found without running any of its code. */
export interface PluginProblem {
  readonly severity: 'error' | 'warning'
  /** Id of the plugin; its package or folder where no id could be read. */
  readonly plugin: string
  readonly code: string
  /** The place: a key of the manifest, of the config or a file; empty where the whole is meant. */
  readonly path: string
  readonly text: string
  readonly hint?: string
}

/** A package.json as the kernel reads it. */
export interface ReadPlugin {
  /** Missing where an error is among the problems. */
  readonly manifest?: Manifest
  /** What a lock keeps of the package.json that was accepted. */
  readonly manifestHash: string
  readonly problems: readonly PluginProblem[]
}

/** The files of a package, without those of packages inside it. */
export interface PackageFiles {
  /** Path with `/` to the SHA-256 (hex) of its contents, in the order of paths. */
  readonly files: Readonly<Record<string, string>>
  /** SHA-256 (hex) of all paths and hashes: what a lock keeps, and what is compared at load. */
  readonly hash: string
}

/** Where plugins would be found, in the place of where they are. */
export interface TrialPlaces {
  /** The user's plugin folder. */
  readonly folder?: string
  /** Its lock; default `plugins.lock.json` in it. */
  readonly lock?: string
  readonly linked?: readonly string[]
  readonly disabled?: readonly string[]
}

/** One plugin of a plan that was only tried. */
export interface TrialRow {
  readonly id: string
  readonly package: string
  readonly version: string
  readonly source: string
  readonly root?: string
  /** The level of the contract that it is held to; absent where none was found that is kept. */
  readonly contract?: string
  /** False where the kernel would leave it out; the problems say why. */
  readonly usable: boolean
  readonly problems: readonly PluginProblem[]
}

/** What the kernel would say of other places. */
export interface PluginTrial {
  readonly plugins: readonly TrialRow[]
  /** Of all plugins, in the order of the checks. */
  readonly problems: readonly PluginProblem[]
}

/** Kernel service `plugins`: what the kernel says of packages. Runs no code of any of them. */
export interface PluginChecks {
  /** Never throws: what is wrong is in the problems. */
  read(packageJson: Readonly<Record<string, unknown>>): ReadPlugin
  /** Plans with other places, and checks the items and entries of what is found there. */
  trial(places: TrialPlaces): Promise<PluginTrial>
  /** @throws where the folder cannot be read */
  files(root: string): PackageFiles
  /** What `next` has and `before` has not: what an update has to ask for. */
  widened(before: PermissionSet, next: PermissionSet): PermissionSet
  /**
   * Keeps the manifests that the lock of a plugin folder accepted in one file beside it, so that a start reads that in
   * their place. Never throws: without it a start takes longer.
   */
  index(folder: string, lock?: string): void
}
