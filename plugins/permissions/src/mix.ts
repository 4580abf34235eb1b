import type { Access, GrantLayer, PermissionNeed } from '@llmspell/sdk'
import { allowingRule, firstDenial, GIVEN, type Refusal } from './decide.ts'
import { labelsOf } from './run-state.ts'
import { mixed } from './words.ts'

const EGRESS: ReadonlySet<string> = new Set(['net', 'run', 'write'])

/**
 * Refuses what an agent sends once its run has seen both private data and text from outside. A script's own
 * call passes: text that was planted somewhere steers models, not code.
 */
export function refuseMix(need: PermissionNeed, access: Access): Refusal | undefined {
  if (!EGRESS.has(need.permission) || !access.run || access.run.actors.length === 0)
    return undefined
  const seen = labelsOf(access)
  if (!seen.has('private') || !seen.has('untrusted')) return undefined
  const sending = { ...need, permission: 'mix' }
  const denied = firstDenial(sending, access)
  if (denied) return denied
  const granted = layersOfPeople(access.grants).every(
    (layer) => allowingRule(layer, sending, access.root) !== undefined,
  )
  return granted ? undefined : mixed(need, access.root)
}

/** Manifests and agents know nothing of mixing: it is a matter between the run and whoever started it. */
function layersOfPeople(grants: readonly GrantLayer[]): readonly GrantLayer[] {
  const given = grants.findIndex(({ holder }) => holder === GIVEN)
  return grants.slice(0, Math.max(given, 0) + 1)
}
