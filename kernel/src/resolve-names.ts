import { didYouMean } from '@llmspell/sdk'
import { type Draft, phaseIndex } from './plan.ts'
import { error, type Problem } from './problem.ts'
import { reject, type PluginRecord } from './record.ts'
import { isRange, satisfies } from './versions.ts'

type Prefer = Readonly<Record<string, string>>

/** One plugin per id: the one found first stays. */
export function checkDuplicates(draft: Draft, records: readonly PluginRecord[]): void {
  for (const record of records) {
    const first = draft.living.get(record.id)
    if (!first) {
      draft.living.set(record.id, record)
      continue
    }
    const text = `The id '${record.id}' is taken: '${record.package}' (${placeOf(record)}) has it after '${first.package}' (${placeOf(first)}).`
    const hint = 'Remove one of the two, or give it another id.'
    const found = error({
      plugin: record.id,
      code: 'PLUGIN_DUPLICATE',
      path: 'llmspell.id',
      text,
      hint,
    })
    draft.rejected.push(reject(record, 'skipped', found))
    draft.problems.push(found)
  }
}

/** Gives every service to one provider. @param strict whether a clash is a failure of the later */
export function bindServices(draft: Draft, prefer: Prefer, strict: boolean): void {
  draft.providers.clear()
  for (const record of draft.living.values()) {
    const names = Object.keys(record.manifest.provides ?? {})
    bind(draft, record, names, draft.providers, prefer, strict ? 'SERVICE_CONFLICT' : undefined)
  }
}

/** Codes are words that plugins may share: two engines can raise the same one. The first to describe it keeps it. */
const SHARED = 'errors'

/** Gives every name at every point to one contributor. */
export function bindNames(draft: Draft, prefer: Prefer): void {
  for (const record of draft.living.values()) {
    const { items, hookPoints, points } = record.contributions
    const named = [...items].map(([point, list]) => ({
      point,
      names: list.map(({ name }) => `${point}/${name}`),
    }))
    const names = named.filter(({ point }) => point !== SHARED).flatMap((one) => one.names)
    const shared = named.filter(({ point }) => point === SHARED).flatMap((one) => one.names)
    const owned = [
      ...hookPoints.map(({ name }) => `hookPoints/${name}`),
      ...Object.keys(points).map((name) => `points/${name}`),
    ]
    bind(draft, record, [...names, ...owned], draft.names, prefer, 'CONTRIBUTION_CONFLICT')
    bind(draft, record, shared, draft.names, prefer, undefined)
  }
}

/** Names that the host keeps for itself take the plugin out that has one. */
export function checkReserved(
  draft: Draft,
  record: PluginRecord,
  reserved: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [point, words] of Object.entries(reserved)) {
    const names = record.contributions.items.get(point)?.map(({ name }) => name) ?? []
    const kept = names.find((name) => words.includes(name.split(' ')[0]!))
    if (kept !== undefined) return draft.fail(record, taken(record, `${point}/${kept}`))
  }
}

function taken({ id }: PluginRecord, name: string): Problem {
  const text = `The name '${name}' of plugin '${id}' is already taken by the host of the kernel.`
  const about = { plugin: id, code: 'CONTRIBUTION_CONFLICT', path: 'llmspell.contributes' } as const
  return error({ ...about, text, hint: 'Give it another name.' })
}

/** Requirements that cannot be met take the plugin out; options that cannot are reported. */
export function checkNeeds(draft: Draft, record: PluginRecord): void {
  const { requires = {}, optional = {} } = record.manifest
  for (const [name, range] of Object.entries(requires)) {
    const found = unmet(draft, record, name, range)
    if (found) return draft.fail(record, found)
  }
  for (const [name, range] of Object.entries(optional)) {
    if (!draft.providers.has(name)) continue
    const found = unmet(draft, record, name, range)
    if (found?.code === 'PHASE_ORDER') return draft.fail(record, found)
  }
}

function bind(
  draft: Draft,
  record: PluginRecord,
  names: readonly string[],
  bound: Map<string, string>,
  prefer: Prefer,
  clash: 'SERVICE_CONFLICT' | 'CONTRIBUTION_CONFLICT' | undefined,
): void {
  const lost = names.find((name) => bound.has(name) && prefer[name] === undefined)
  if (lost !== undefined && clash) return draft.fail(record, conflict(record, lost, bound, clash))
  for (const name of names) {
    if (!bound.has(name) || prefer[name] === record.id) bound.set(name, record.id)
  }
}

function conflict(
  { id }: PluginRecord,
  name: string,
  bound: ReadonlyMap<string, string>,
  code: 'SERVICE_CONFLICT' | 'CONTRIBUTION_CONFLICT',
): Problem {
  const what = code === 'SERVICE_CONFLICT' ? 'The service' : 'The name'
  const first = bound.get(name) as string
  const text = `${what} '${name}' of plugin '${id}' is already taken by plugin '${first}'.`
  const hint = `Choose in the config: prefer: { "${name}": "${id}" } or "${first}".`
  return error({
    plugin: id,
    code,
    path: code === 'SERVICE_CONFLICT' ? 'llmspell.provides' : 'llmspell.contributes',
    text,
    hint,
  })
}

function unmet(
  draft: Draft,
  record: PluginRecord,
  name: string,
  range: string,
): Problem | undefined {
  const { id } = record
  const path = `llmspell.requires.${name}`
  if (!isRange(range)) {
    const text = `Plugin '${id}' requires '${name}' in the range '${range}', which is no range.`
    return error({
      plugin: id,
      code: 'MANIFEST_INVALID',
      path,
      text,
      hint: 'Write a range such as ^1.',
    })
  }
  const provider = draft.living.get(draft.providers.get(name) ?? '')
  if (!provider) return absent(draft, id, name, path)
  return outOfRange(record, provider, name, range) ?? tooLate(record, provider, name)
}

function outOfRange(
  { id }: PluginRecord,
  provider: PluginRecord,
  name: string,
  range: string,
): Problem | undefined {
  const version = provider.manifest.provides?.[name] ?? ''
  if (satisfies(version, range)) return undefined
  const path = `llmspell.requires.${name}`
  const text = `Plugin '${id}' requires the service '${name}' in ${range}, but '${provider.id}' provides ${version}.`
  return error({
    plugin: id,
    code: 'SERVICE_MISSING',
    path,
    text,
    hint: 'Install versions of the two that fit.',
  })
}

function tooLate(
  { id, manifest }: PluginRecord,
  provider: PluginRecord,
  name: string,
): Problem | undefined {
  const { phase } = provider.manifest
  if (provider.source === 'kernel' || phaseIndex(phase) <= phaseIndex(manifest.phase))
    return undefined
  const path = `llmspell.requires.${name}`
  const text = `Plugin '${id}' of phase '${manifest.phase}' requires '${name}', which '${provider.id}' provides in the later phase '${phase}'.`
  return error({
    plugin: id,
    code: 'PHASE_ORDER',
    path,
    text,
    hint: `Give '${id}' the phase '${phase}'.`,
  })
}

function absent(draft: Draft, id: string, name: string, path: string): Problem {
  const gone = [...draft.out.values()].find(
    ({ record }) => name in (record.manifest.provides ?? {}),
  )
  if (!gone) {
    const text = `Plugin '${id}' requires the service '${name}', which no plugin provides.`
    const otherwise = `Install or enable a plugin that provides '${name}'.`
    const hint = didYouMean(name, draft.providers.keys(), otherwise)
    return error({ plugin: id, code: 'SERVICE_MISSING', path, text, hint })
  }
  const skipped = gone.problem.severity === 'warning'
  const code = skipped ? 'SERVICE_MISSING' : 'DEPENDENCY_FAILED'
  const text = `Plugin '${id}' requires the service '${name}' of plugin '${gone.record.id}': ${gone.problem.text}`
  return error({ plugin: id, code, path, text, hint: gone.problem.hint })
}

function placeOf(record: PluginRecord): string {
  return record.root ?? record.source
}
