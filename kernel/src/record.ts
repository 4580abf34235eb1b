import type { Manifest } from '@llmspell/sdk'
import { contractOf, type Contract } from './compat/levels.ts'
import type { Facts } from './index-file.ts'
import { contributionsOf, type Contributions } from './manifest.ts'
import type { InlinePlugin } from './options.ts'
import type { Problem } from './problem.ts'

/** Where a plugin was found. */
export type Source = 'kernel' | 'host' | 'packages' | 'folder' | 'linked'

/** A plugin as found: what its package.json says, and where its code is. Nothing of it has run. */
export interface PluginRecord {
  readonly id: string
  /** Name of the package; of an inline plugin its id. */
  readonly package: string
  readonly version: string
  readonly source: Source
  /** Folder of the package; undefined for an inline plugin that gives none. */
  readonly root: string | undefined
  readonly manifest: Manifest
  readonly contributions: Contributions
  /** Range in `engines.llmspell`; undefined for inline plugins, which cannot be out of date. */
  readonly engine: string | undefined
  /** The level of the contract that it is held to; undefined where this kernel keeps none of its range. */
  readonly contract: Contract | undefined
  readonly inline: InlinePlugin | undefined
  /** What the lock says of its files; undefined where nothing was locked. */
  readonly files?: string
  /** Name of the host that runs its code; without one the kernel imports it. */
  readonly host?: string | undefined
  /** Its `main` is all there is of it: the host whose `files` fit runs it. */
  readonly single?: boolean | undefined
  /** What the header of such a file says about it. */
  readonly description?: string | undefined
  /** What an index has of its package.json, and the lock's hash of that: compared when it is loaded. */
  readonly kept?: { readonly hash: string; readonly json: Facts }
}

/** A plugin that was found and cannot be used. */
export interface Rejected {
  readonly id: string
  readonly package: string
  readonly version: string
  readonly source: Source
  readonly root: string | undefined
  readonly phase: string
  readonly state: 'failed' | 'skipped'
  readonly problems: readonly Problem[]
  readonly contract?: Contract | undefined
  /** Hook points that it wanted to tap. */
  readonly hooks: readonly string[]
  readonly host?: string | undefined
}

/** What discovery gives. */
export interface Found {
  readonly records: readonly PluginRecord[]
  readonly rejected: readonly Rejected[]
  readonly problems: readonly Problem[]
}

/** The facts of a record beside its manifest. */
export type RecordFacts = Omit<PluginRecord, 'id' | 'manifest' | 'contributions' | 'contract'>

/** A record of a valid manifest. */
export function recordOf(manifest: Manifest, facts: RecordFacts): PluginRecord {
  const contributions = contributionsOf(manifest)
  const contract = contractOf(facts.engine)
  return { ...facts, id: manifest.id, manifest, contributions, contract }
}

/** The row of a plugin that cannot be used. */
export function reject(
  record: PluginRecord,
  state: Rejected['state'],
  ...problems: readonly Problem[]
): Rejected {
  const { id, version, source, root, host, manifest, contributions, contract } = record
  const { phase } = manifest
  const { hooks } = contributions
  const facts = { id, package: record.package, version, source, root, host, contract }
  return { ...facts, phase, state, problems, hooks }
}
