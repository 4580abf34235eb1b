import { didYouMean, type PluginHostItem } from '@llmspell/sdk'
import type { KernelOptions } from './options.ts'
import type { Draft, Plan } from './plan.ts'
import { error, type Problem } from './problem.ts'
import type { PluginRecord } from './record.ts'

/** Who runs the code of a plugin in the kernel's place. */
export interface Hosting {
  readonly name: string
  readonly service: string
}

/** Hosts by name. */
export type Offers = ReadonlyMap<string, PluginHostItem>

const POINT = 'pluginHosts'

/** Finds for every plugin that the kernel does not import itself the host that runs it. */
export function bindHosts(draft: Draft): void {
  draft.hosts.clear()
  draft.offers = offers(draft)
  for (const record of draft.living.values()) {
    const item = itemFor(record, draft.offers)
    if (item) draft.hosts.set(record.id, item)
  }
}

/** Takes a plugin out whose host is not there or cannot carry it: it is never run by the kernel instead. */
export function checkHost(draft: Draft, record: PluginRecord): void {
  if (record.host === undefined && !record.single) return
  const found = fault(draft, record)
  if (found) draft.skip(record, hostProblem(record.id, ...found))
}

/** Ids that the host program gave to a host and nothing was found for: a typing error would leave a plugin unhosted. */
export function hostedProblems(
  hosted: NonNullable<KernelOptions['hosted']>,
  plan: Plan,
): readonly Problem[] {
  const ids = [...plan.order, ...plan.rejected].map(({ id }) => id)
  const unknown = Object.keys(hosted).filter((id) => !ids.includes(id))
  return unknown.map((id) => {
    const text = `The option 'hosted' names the plugin '${id}', which was not found.`
    const hint = didYouMean(id, ids, 'Correct the id, or remove it.')
    return error({ plugin: 'kernel', code: 'PLUGIN_NOT_FOUND', path: `hosted.${id}`, text, hint })
  })
}

type Fault = readonly [text: string, hint: string]

const TRUST = 'If you trust it, let it run in this process instead.'
const PACKAGE = 'Take it out of the header, or write the plugin as a package.'

function fault(draft: Draft, record: PluginRecord): Fault | undefined {
  const { id, inline } = record
  if (inline) {
    const text = `Plugin '${id}' is an object of this program, which no host can run.`
    return [text, `Remove '${id}' from the option 'hosted', or hand it over as a folder.`]
  }
  const item = itemFor(record, draft.offers)
  const there = item && draft.living.has(draft.providers.get(item.service) ?? '')
  return there ? beyond(record, item) : absent(record, draft.offers)
}

function absent({ id, host, manifest }: PluginRecord, offered: Offers): Fault {
  const wanted = host === undefined ? `a host for '${manifest.main}'` : `the host '${host}'`
  const text = `Plugin '${id}' runs in ${wanted}, which no plugin in use offers.`
  const otherwise = `Enable the plugin that contributes it to ${POINT}.`
  return [text, host === undefined ? otherwise : didYouMean(host, offered.keys(), otherwise)]
}

function beyond(record: PluginRecord, item: PluginHostItem): Fault | undefined {
  const { id, manifest, single } = record
  const hint = single ? PACKAGE : TRUST
  const point = reach(record).find((name) => !item.points.includes(name))
  const says = `Plugin '${id}' runs in the host '${item.name}',`
  if (point !== undefined) {
    const carried = `Expected only ${item.points.join(', ')}`
    return [`${says} which cannot carry '${point}'. ${carried}.`, hint]
  }
  const { services } = item
  const service =
    services && Object.keys(manifest.requires ?? {}).find((n) => !services.includes(n))
  if (service === undefined) return undefined
  return [
    `${says} where it cannot require '${service}'. Expected only ${services?.join(', ')}.`,
    hint,
  ]
}

/** Everything that a manifest wants to do in the kernel, by the words that `points` of a host has for it. */
function reach({ contributions, manifest }: PluginRecord): readonly string[] {
  const { items, hooks, hookPoints, points } = contributions
  const named = [...items].filter(([, list]) => list.length > 0).map(([point]) => point)
  return [
    ...named,
    ...(hooks.length > 0 ? ['hooks'] : []),
    ...(hookPoints.length > 0 ? ['hookPoints'] : []),
    ...(Object.keys(points).length > 0 ? ['points'] : []),
    ...(Object.keys(manifest.provides ?? {}).length > 0 ? ['provides'] : []),
  ]
}

/** The hosts by name: as names are given out, or by the first to have it before they are. */
function offers({ living, names }: Draft): Offers {
  const found = new Map<string, PluginHostItem>()
  for (const { id, contributions } of living.values()) {
    for (const item of (contributions.items.get(POINT) ?? []) as unknown as PluginHostItem[]) {
      const owner = names.get(`${POINT}/${item.name}`) ?? id
      if (owner === id && !found.has(item.name)) found.set(item.name, item)
    }
  }
  return found
}

function itemFor({ host, single, manifest }: PluginRecord, offered: Offers) {
  if (host !== undefined) return offered.get(host)
  if (!single) return undefined
  return [...offered.values()].find(({ files = [] }) =>
    files.some((ending) => manifest.main.endsWith(ending)),
  )
}

function hostProblem(id: string, text: string, hint: string): Problem {
  return error({ plugin: id, code: 'PLUGIN_HOST', path: 'llmspell.contributes', text, hint })
}
