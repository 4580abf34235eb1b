import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import { SpellError, type RunPlugin } from '@llmspell/sdk'
import { readRegular } from '../regular.ts'
import type { Stage } from '../stage.ts'
import { findRun } from './find.ts'
import { loaded, pluginsIn } from './stored.ts'
import { runStore, type RunStore } from './store.ts'

const MOST_MIB = 1

/** The plugins of one file that a kernel has from these paths, as a run keeps them. */
export function filesOf(kernel: Kernel, paths: readonly string[]): readonly RunPlugin[] {
  return kernel.list().flatMap(({ id, root, main, host }) => {
    if (root === undefined || main === undefined || host === undefined) return []
    const path = join(root, main)
    const hash = paths.includes(path) ? hashOf(path) : undefined
    return hash === undefined ? [] : [{ id, path, hash }]
  })
}

/** A run, in a kernel with the plugins of one file that it was started with. @throws PLUGIN_CHANGED */
export async function storeOfRun(
  stage: Stage,
  given: string,
): Promise<RunStore & { readonly runId: string }> {
  const store = await runStore(stage)
  const { runId } = await findRun(store.executor, given)
  return { ...(await withPluginsOf(stage, store, runId)), runId }
}

/**
 * The same for a run of a store that is open already. What flags and config name stands in the place of what the run had:
 * folders are never taken from a journal, since their code would run as the host does.
 */
export async function withPluginsOf(
  stage: Stage,
  store: RunStore,
  runId: string,
): Promise<RunStore> {
  const named = filesOf(store.kernel, await stage.named())
  const kept = await keptBy(store, runId)
  const lost = kept.filter((plugin) => !isThere(stage, runId, plugin, named))
  for (const plugin of lost) check(runId, plugin, hashOf(plugin.path))
  const brought = lost.map(({ path }) => path)
  return (await stage.bring(brought)) ? runStore(stage) : store
}

/** What the journal of a run says of its plugins. */
async function keptBy({ executor }: RunStore, runId: string): Promise<readonly RunPlugin[]> {
  for await (const record of executor.history(runId)) {
    if (record.kind === 'begin') return pluginsIn(await loaded(executor.blobs, record.input))
  }
  return []
}

/** @throws PLUGIN_CHANGED where the config names another text: nobody chose that for this run */
function isThere(
  { flagged }: Stage,
  runId: string,
  kept: RunPlugin,
  named: readonly RunPlugin[],
): boolean {
  const found = named.find(({ id }) => id === kept.id)
  if (found && !flagged.includes(found.path)) check(runId, kept, found.hash)
  return found !== undefined
}

function check(runId: string, { id, path, hash }: RunPlugin, found: string | undefined): void {
  if (found === hash) return
  const what = found === undefined ? 'none that can be read' : 'another text'
  const text = `Run '${runId}' was started with the plugin '${id}' of '${path}': expected that text, found ${what}.`
  const place = found === undefined ? 'FILE' : path
  throw new SpellError('PLUGIN_CHANGED', text, {
    hint: `Put it back, or choose what the run goes on with: --plugin ${place}`,
    details: { run_id: runId, plugin: id, path },
  })
}

/** Nothing where the file cannot be read. */
function hashOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readRegular(path, MOST_MIB)).digest('hex')
  } catch {
    return undefined
  }
}
