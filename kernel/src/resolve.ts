import { findCycle, topologicalOrder } from './graph.ts'
import type { KernelOptions } from './options.ts'
import { Draft, phaseIndex, type Plan } from './plan.ts'
import { error } from './problem.ts'
import type { PluginRecord } from './record.ts'
import { checkEngine, checkProposed } from './resolve-engine.ts'
import { bindHosts, checkHost } from './resolve-hosts.ts'
import {
  bindNames,
  bindServices,
  checkDuplicates,
  checkNeeds,
  checkReserved,
} from './resolve-names.ts'
import { applyDisabled, applyProfile } from './resolve-profile.ts'
import { warnOfHooks, warnOfPoints } from './resolve-warnings.ts'

/** The options that resolving looks at. */
export type ResolveOptions = Pick<
  KernelOptions,
  'profile' | 'profiles' | 'disabled' | 'proposed' | 'reserved' | 'config'
> & {
  /** The kernel's own record: its services and points. */
  readonly kernel: PluginRecord
}

/**
 * Decides who may run and in which order, and says what is wrong with the others, all at once.
 * Pure: reads no file and runs no plugin.
 */
export function resolve(records: readonly PluginRecord[], options: ResolveOptions): Plan {
  const draft = new Draft()
  checkDuplicates(draft, [options.kernel, ...records])
  applyDisabled(draft, options.disabled ?? [])
  bindServices(draft, options.config?.prefer ?? {}, false)
  bindHosts(draft)
  applyProfile(draft, options)
  for (const record of others(draft)) checkEngine(draft, record)
  for (const record of others(draft)) checkProposed(draft, record, options.proposed ?? [])
  bindServices(draft, options.config?.prefer ?? {}, true)
  for (const record of others(draft)) checkReserved(draft, record, options.reserved ?? {})
  bindNames(draft, options.config?.prefer ?? {})
  bindHosts(draft)
  settle(draft)
  warnOfPoints(draft)
  warnOfHooks(draft)
  const order = topologicalOrder(byPhase(draft), (id) => draft.needs(id))
  return {
    order: order.map((id) => draft.living.get(id) as PluginRecord),
    providers: living(draft, draft.providers),
    names: living(draft, draft.names),
    hosts: draft.hosts,
    rejected: draft.rejected,
    problems: draft.problems,
  }
}

function others(draft: Draft): readonly PluginRecord[] {
  return [...draft.living.values()].filter((record) => record.source !== 'kernel')
}

/** Taking one plugin out can leave others without a service: until nothing changes. */
function settle(draft: Draft): void {
  for (let before = -1; before !== draft.living.size;) {
    before = draft.living.size
    for (const record of others(draft)) checkNeeds(draft, record)
    for (const record of others(draft)) checkHost(draft, record)
    breakCycle(draft)
  }
}

function breakCycle(draft: Draft): void {
  const cycle = findCycle(draft.living.keys(), (id) => draft.needs(id))
  if (!cycle) return
  const path = cycle.join(' → ')
  for (const id of new Set(cycle)) {
    const record = draft.living.get(id) as PluginRecord
    const text = `Plugin '${id}' cannot start: its requirements form a ring: ${path}.`
    const hint = 'Move what two of them share into a plugin of its own.'
    draft.fail(
      record,
      error({ plugin: id, code: 'PLUGIN_CYCLE', path: 'llmspell.requires', text, hint }),
    )
  }
}

/** The kernel first, then phase by phase in the order in which the plugins were found. */
function byPhase(draft: Draft): readonly string[] {
  const rank = (id: string): number => {
    const record = draft.living.get(id) as PluginRecord
    return record.source === 'kernel' ? -1 : phaseIndex(record.manifest.phase)
  }
  return [...draft.living.keys()].sort((a, b) => rank(a) - rank(b))
}

function living(draft: Draft, names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...names].filter(([, id]) => draft.living.has(id)))
}
