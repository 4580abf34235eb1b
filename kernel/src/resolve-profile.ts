import { didYouMean } from '@llmspell/sdk'
import type { ProfileChoice } from './options.ts'
import type { Draft } from './plan.ts'
import { warning } from './problem.ts'
import type { PluginRecord } from './record.ts'

/** Takes out what the host or the user switched off. */
export function applyDisabled(draft: Draft, disabled: readonly string[]): void {
  for (const id of disabled) {
    const record = draft.living.get(id)
    if (!record || record.source === 'kernel') {
      unknown(draft, id, 'disabled')
      continue
    }
    skip(draft, record, `Plugin '${id}' is disabled.`, 'Enable it to use it.')
  }
}

/** Takes out what the profile does not name and nothing in the profile requires. */
export function applyProfile(
  draft: Draft,
  options: {
    readonly profile?: ProfileChoice
    readonly profiles?: Readonly<Record<string, readonly string[]>>
  },
): void {
  const { profile = 'full', profiles = {} } = options
  const wanted = typeof profile === 'string' ? profiles[profile] : included(draft, profile)
  if (!wanted) return
  const name = typeof profile === 'string' ? `profile '${profile}'` : 'profile of the host'
  const kept = closure(draft, wanted, name)
  for (const record of draft.living.values()) {
    if (kept.has(record.id) || record.source === 'kernel') continue
    skip(draft, record, `Plugin '${record.id}' is not in the ${name}.`, 'Add it to the profile.')
  }
}

function included(
  draft: Draft,
  { include, sources = [] }: Exclude<ProfileChoice, string>,
): readonly string[] {
  const found = [...draft.living.values()].filter(({ source }) => sources.includes(source))
  return [...include, ...found.map(({ id }) => id)]
}

function closure(draft: Draft, wanted: readonly string[], name: string): ReadonlySet<string> {
  const kept = new Set<string>()
  const add = (id: string): void => {
    if (kept.has(id)) return
    kept.add(id)
    for (const service of draft.required(id)) {
      const provider = draft.providers.get(service)
      if (provider !== undefined) add(provider)
    }
  }
  for (const id of wanted) {
    if (draft.living.has(id)) add(id)
    else if (!draft.out.has(id)) unknown(draft, id, name)
  }
  return kept
}

function skip(draft: Draft, record: PluginRecord, text: string, hint: string): void {
  draft.skip(record, warning({ plugin: record.id, code: 'PLUGIN_DISABLED', path: '', text, hint }))
}

function unknown(draft: Draft, id: string, place: string): void {
  const text = `The ${place} names the plugin '${id}', which was not found.`
  const hint = didYouMean(id, draft.living.keys())
  draft.problems.push(
    warning({ plugin: 'kernel', code: 'PLUGIN_NOT_FOUND', path: place, text, hint }),
  )
}
