import { join, resolve } from 'node:path'
import type { PluginChecks, PluginProblem, StoreSettings, TrialRow } from '@llmspell/sdk'
import { fail, problemsError } from './errors.ts'
import type { Entry, StoreLock } from './lock-file.ts'
import { LOCK, writeJson } from './lock-file.ts'

/** What a trial needs to know of the store. */
export interface TrialParts {
  readonly store: string
  /** Folder for the lock of the trial. */
  readonly place: string
  readonly lock: StoreLock
  readonly settings: StoreSettings
  readonly checks: PluginChecks
}

/** The entries as the kernel takes them, with its warnings by id. */
export interface Tried {
  readonly entries: readonly Entry[]
  readonly warnings: ReadonlyMap<string, readonly PluginProblem[]>
  /** The file that the plan was made from. */
  readonly lockFile: string
}

/**
 * Asks the kernel what it would say. Who may not be in the host of the untrusted comes back as trusted: that needs a yes.
 * @throws PLUGIN_UNUSABLE
 */
export async function tryEntries(entries: readonly Entry[], parts: TrialParts): Promise<Tried> {
  const lockFile = join(parts.place, LOCK)
  const ids = entries.map(({ id }) => id)
  // What is switched off and changes is looked at too: it may be switched on any time.
  const disabled = parts.settings.disabled.filter((id) => !ids.includes(id))
  const say = (plugins: readonly Entry[]) => ask(plugins, lockFile, disabled, parts)
  const before = await say(parts.lock.plugins)
  const first = await say(merged(parts.lock, entries))
  const settled = entries.map((entry) =>
    isHostless(rowOf(first.plugins, entry, parts)) ? trusted(entry) : entry,
  )
  const { plugins, problems } = await say(merged(parts.lock, settled))
  const rows = settled.map((entry) => ({ entry, row: rowOf(plugins, entry, parts) }))
  for (const { entry, row } of rows) refuse(entry, row)
  refuseHarm(settled, before.problems, problems)
  const warnings = rows.map(({ entry, row }) => [entry.id, row?.problems ?? []] as const)
  return { entries: settled, warnings: new Map(warnings), lockFile }
}

/** The plugins of a lock after a change. */
export function merged({ plugins }: StoreLock, entries: readonly Entry[]): readonly Entry[] {
  const ids = new Set(entries.map(({ id }) => id))
  return [...plugins.filter(({ id }) => !ids.has(id)), ...entries]
}

async function ask(
  plugins: readonly Entry[],
  lock: string,
  disabled: readonly string[],
  { store, settings, checks }: TrialParts,
) {
  await writeJson(lock, { plugins })
  return checks.trial({ folder: store, lock, linked: settings.linked, disabled })
}

function rowOf(
  rows: readonly TrialRow[],
  entry: Entry,
  { store }: TrialParts,
): TrialRow | undefined {
  const root = join(store, entry.root)
  return rows.find((row) => row.root !== undefined && resolve(row.root) === root)
}

function isHostless(row: TrialRow | undefined): boolean {
  return row?.problems.some(({ code }) => code === 'PLUGIN_HOST') ?? false
}

function trusted(entry: Entry): Entry {
  const { host: _, ...rest } = entry
  return { ...rest, trusted: true }
}

function refuse({ from, id }: Entry, row: TrialRow | undefined): void {
  if (!row) throw fail('PLUGIN_UNUSABLE', `The kernel does not find the plugin '${id}'.`)
  const errors = row.problems.filter(({ severity }) => severity === 'error')
  if (!row.usable || errors.length > 0)
    throw problemsError('PLUGIN_UNUSABLE', from, errors.length > 0 ? errors : row.problems)
}

/** What others would lose by it. */
function refuseHarm(
  entries: readonly Entry[],
  before: readonly PluginProblem[],
  after: readonly PluginProblem[],
): void {
  const own = new Set(entries.map(({ id }) => id))
  const found = newErrors(before, after).filter(({ plugin }) => !own.has(plugin))
  if (found.length > 0)
    throw problemsError('PLUGIN_UNUSABLE', entries.map(({ from }) => from).join(', '), found)
}

/** Errors that were not there before. */
export function newErrors(
  before: readonly PluginProblem[],
  after: readonly PluginProblem[],
): readonly PluginProblem[] {
  const known = new Set(before.map(({ plugin, code, path }) => `${plugin} ${code} ${path}`))
  return after.filter(
    ({ severity, plugin, code, path }) =>
      severity === 'error' && !known.has(`${plugin} ${code} ${path}`),
  )
}
