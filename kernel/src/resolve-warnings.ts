import { didYouMean } from '@llmspell/sdk'
import type { KernelConfig } from './options.ts'
import type { Draft, Plan } from './plan.ts'
import { error, warning, type Problem } from './problem.ts'

/** Of one plugin and one kind: each looks for what was meant, and a hostile manifest has names without end. */
const MOST_WARNINGS = 20

/** Extension points without an owner can still be listed, but may be misspelt. */
export function warnOfPoints(draft: Draft): void {
  const records = [...draft.living.values()]
  const owned = new Set(records.flatMap(({ contributions }) => Object.keys(contributions.points)))
  for (const { id, contributions } of records) {
    const unknown = [...contributions.items.keys()].filter((point) => !owned.has(point))
    for (const point of unknown.slice(0, MOST_WARNINGS)) {
      const path = `llmspell.contributes.${point}`
      const text = `Plugin '${id}' contributes to '${point}', a point that no plugin in use owns.`
      const hint = didYouMean(point, owned)
      draft.problems.push(warning({ plugin: id, code: 'CONTRIBUTION_UNKNOWN', path, text, hint }))
    }
  }
}

/** A listed hook point without an owner is never called; it may be misspelt. */
export function warnOfHooks(draft: Draft): void {
  const records = [...draft.living.values()]
  const points = records.flatMap(({ contributions }) => contributions.hookPoints)
  const owned = new Set(points.map(({ name }) => name))
  for (const { id, contributions } of records) {
    const unknown = contributions.hooks.filter((name) => !owned.has(name))
    for (const name of unknown.slice(0, MOST_WARNINGS)) {
      const path = 'llmspell.contributes.hooks'
      const text = `Plugin '${id}' taps '${name}', a hook point that no plugin in use owns.`
      const hint = didYouMean(name, owned)
      draft.problems.push(warning({ plugin: id, code: 'HOOK_UNKNOWN', path, text, hint }))
    }
  }
}

/** Names in the config that mean no plugin. */
export function configProblems(config: KernelConfig, plan: Plan): readonly Problem[] {
  const ids = [...plan.order, ...plan.rejected].map(({ id }) => id)
  const unknown = Object.keys(config.plugins ?? {}).filter((id) => !ids.includes(id))
  const sections = unknown.map((id) => {
    const text = `The config has a section for the plugin '${id}', which was not found.`
    return invalid(
      `plugins.${id}`,
      text,
      didYouMean(id, ids, 'Install the plugin, or remove the section.'),
    )
  })
  return [
    ...sections,
    ...Object.entries(config.prefer ?? {}).flatMap(([name, id]) => preferred(name, id, plan, ids)),
  ]
}

function preferred(name: string, id: string, plan: Plan, ids: readonly string[]): Problem[] {
  if ((plan.providers.get(name) ?? plan.names.get(name)) === id) return []
  const text = `The config prefers plugin '${id}' for '${name}', which it does not have.`
  const hint = ids.includes(id) ? `Remove prefer["${name}"].` : didYouMean(id, ids)
  return [invalid(`prefer.${name}`, text, hint)]
}

function invalid(path: string, text: string, hint: string): Problem {
  return error({ plugin: 'kernel', code: 'CONFIG_INVALID', path, text, hint })
}
