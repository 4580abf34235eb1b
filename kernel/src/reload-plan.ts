import { servicesOf, type Plan } from './plan.ts'
import type { PluginRecord } from './record.ts'

/**
 * The plugins that are set up anew with a plugin: the owners of the points that it contributes to, which may hold its
 * values; those that gain or lose a name by it; those that only the change makes usable; and all that need one of
 * these, before or after the change, however far away.
 */
export function affected(id: string, before: Plan, after: Plan): ReadonlySet<string> {
  const known = new Set(before.order.map((record) => record.id))
  const added = after.order.filter((record) => !known.has(record.id)).map((record) => record.id)
  const owners = [...movedOwners(before, after), ...holders(id, before), ...holders(id, after)]
  const ids = new Set([id, ...added, ...owners.filter((owner) => owner !== 'kernel')])
  for (let size = 0; size !== ids.size;) {
    size = ids.size
    for (const plan of [before, after])
      for (const record of plan.order)
        if (needs(record, plan).some((other) => ids.has(other ?? ''))) ids.add(record.id)
  }
  return ids
}

/** Why the new version cannot take the place of the old one in a running kernel; undefined where it can. */
export function refused(
  old: PluginRecord,
  record: PluginRecord,
  before: Plan,
  after: Plan,
): string | undefined {
  if (record.id !== old.id) return `its id is '${record.id}' by now, which needs a new start.`
  const left = new Set(after.order.map(({ id }) => id))
  const lost = before.order.find(({ id }) => !left.has(id))
  if (lost)
    return after.rejected.find(({ id }) => id === lost.id)?.problems[0]?.text ?? 'it is out.'
  const points = new Map(record.contributions.hookPoints.map((item) => [item.name, item]))
  const changed = old.contributions.hookPoints.find(({ name, kind }) => {
    return points.get(name)?.kind !== kind
  })
  return (
    changed &&
    `its hook point '${changed.name}' is gone or of another kind, which needs a new start.`
  )
}

function holders(id: string, { order }: Plan): readonly string[] {
  const points = order.find((record) => record.id === id)?.contributions.items
  const holds = ({ contributions }: PluginRecord): boolean =>
    Object.keys(contributions.points).some((point) => points?.has(point))
  return order.filter(holds).map((record) => record.id)
}

function* movedOwners(before: Plan, after: Plan): Generator<string> {
  for (const map of ['providers', 'names'] as const)
    for (const [name, owner] of before[map]) {
      const other = after[map].get(name)
      if (other !== undefined && other !== owner) yield* [owner, other]
    }
}

function needs(record: PluginRecord, { providers, hosts }: Plan): readonly (string | undefined)[] {
  const optional = Object.keys(record.manifest.optional ?? {})
  return [...servicesOf(record, hosts), ...optional].map((name) => providers.get(name))
}
