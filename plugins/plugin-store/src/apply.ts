import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type {
  Jail,
  JailReport,
  Manifest,
  PluginChange,
  PluginChecks,
  PluginProblem,
  StoreOptions,
  StoreResult,
} from '@llmspell/sdk'
import { changeOf, isSameAuthor } from './change.ts'
import type { PluginStoreConfig } from './generated/config.ts'
import type { Installer } from './installer.ts'
import { readSettings, writeStoreLock, type Entry, type StoreLock } from './lock-file.ts'
import { probe } from './probe.ts'
import { refuseExchanged, refuseTwins } from './refuse.ts'
import { acceptedManifest, type StagedFacts } from './staged.ts'
import { STAGING } from './sweep.ts'
import { merged, tryEntries, type Tried } from './trial.ts'

/** A plugin that could take its place. */
interface Candidate {
  readonly entry: Entry
  readonly manifest: Manifest
  readonly facts: StagedFacts
}

/** What shall be: nothing of it counts yet. */
export interface Draft {
  readonly action: PluginChange['action']
  readonly lock: StoreLock
  readonly staged: readonly Candidate[]
  readonly kept: StoreResult['kept']
}

export interface ApplyParts {
  readonly store: string
  readonly checks: PluginChecks
  readonly config: PluginStoreConfig
  readonly installer: Installer
  readonly options: StoreOptions
  readonly jail: Jail | undefined
}

/** Asks the kernel, then the person, then the plugin itself; what they all accept is written at once. */
export async function applied(draft: Draft, parts: ApplyParts): Promise<StoreResult> {
  const { lock, staged, kept } = draft
  if (staged.length === 0) return { changed: false, plugins: [], kept }
  refuseTwins(lock, staged)
  refuseExchanged(lock, staged)
  const tried = await trial(draft, parts)
  const jail = await parts.jail?.report()
  const plugins = tried.entries.map((entry) => describe(entry, draft, tried, parts, jail))
  const asks = plugins.some(({ needs }) => needs !== 'nothing')
  if (asks && !(await parts.options.consent(plugins))) return { changed: false, plugins, kept }
  await load(tried, parts)
  await commit(lock, tried.entries, parts)
  return { changed: true, plugins, kept }
}

async function trial(
  { action, lock, staged }: Draft,
  { store, checks, config, options }: ApplyParts,
): Promise<Tried> {
  const place = join(store, STAGING)
  await mkdir(place, { recursive: true, mode: 0o700 })
  const entries = staged.map(({ entry }) => {
    if (action === 'rollback') return entry
    const before = lock.plugins.find(({ id }) => id === entry.id)
    const trusted =
      options.trust === true || (before?.trusted === true && isSameAuthor(before, entry))
    return trusted ? { ...entry, trusted } : { ...entry, host: config.host }
  })
  options.progress?.('checking it beside the other plugins')
  return tryEntries(entries, { store, place, lock, settings: readSettings(store), checks })
}

function describe(
  entry: Entry,
  { action, lock, staged }: Draft,
  tried: Tried,
  { store, checks }: ApplyParts,
  jail: JailReport | undefined,
): PluginChange {
  const { manifest, facts } = staged.find((one) => one.entry.id === entry.id)!
  const old = lock.plugins.find(({ id }) => id === entry.id)
  const before = old && { entry: old, manifest: acceptedManifest(store, old, checks) }
  const warnings = [...(tried.warnings.get(entry.id) ?? []), ...unjailed(entry, jail)]
  const kind = action === 'install' && before ? 'update' : action
  return changeOf({ action: kind, entry, manifest, facts, before, warnings }, checks)
}

/** What is shut in does not run where nothing shuts it in, unless that is permitted. */
function unjailed({ id, host }: Entry, jail: JailReport | undefined): PluginProblem[] {
  if (host === undefined || jail?.kind !== 'none') return []
  const text = `It will not run here: there is no jail for it, as ${jail.reason}. ${jail.hint ?? ''}`
  const hint = `Or permit it without one: --allow-unjailed=plugin:${id}`
  const path = 'plugins.lock.json'
  return [{ severity: 'warning', plugin: id, code: 'JAIL_MISSING', path, text: text.trim(), hint }]
}

async function load({ entries, lockFile }: Tried, { config, options }: ApplyParts): Promise<void> {
  if (!config.probe) return
  options.progress?.('loading it in a process of its own')
  const ids = entries.map(({ id }) => id)
  const { signal } = options
  await probe({ command: config.probe, lockFile, ids, limit: config.load_ms, signal })
}

/** The one write of the lock is the change: before it all is as it was, after it all is done. */
async function commit(
  lock: StoreLock,
  entries: readonly Entry[],
  { store, checks, installer, options }: ApplyParts,
): Promise<void> {
  options.signal?.throwIfAborted()
  const settled: Entry[] = []
  for (const entry of entries)
    settled.push(dirname(entry.root).startsWith(STAGING) ? await installer.settle(entry) : entry)
  const previous = lock.plugins.flatMap((old) => beforeOf(old, settled, lock))
  await writeStoreLock(store, { plugins: merged(lock, settled), previous })
  checks.index(store)
}

/** The version to go back to: what was replaced, unless that was the same again. */
function beforeOf(
  old: Entry,
  settled: readonly Entry[],
  { previous }: StoreLock,
): readonly Entry[] {
  const next = settled.find(({ id }) => id === old.id)
  if (next && next.tree !== old.tree) return [old]
  return previous.filter(({ id }) => id === old.id)
}
