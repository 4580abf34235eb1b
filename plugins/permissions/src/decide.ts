import type {
  Access,
  GrantLayer,
  PermissionDecision,
  PermissionNeed,
  PermissionSet,
} from '@llmspell/sdk'
import { denies, exactness, matches } from './match.ts'
import { deniedBy, notGranted } from './words.ts'

/** A no, with its reason in words. */
export type Refusal = Extract<PermissionDecision, { allowed: false }>

/** The holder whose rules a person gives: flags, and the policy files that were merged into them. */
export const GIVEN = 'command line'

const ANY = '*'
const NONE: readonly string[] = []

/** Any deny refuses; then every layer must allow; a chain without layers allows nothing. */
export function decideByGrants(need: PermissionNeed, access: Access): PermissionDecision {
  const { grants, root } = access
  const denied = firstDenial(need, access)
  if (denied) return denied
  let granted: { readonly layer: GrantLayer; readonly rule: string } | undefined
  for (const layer of grants) {
    const rule = allowingRule(layer, need, root)
    if (rule === undefined) return refusal(need, layer, root)
    if (granted === undefined || layer.holder === GIVEN) granted = { layer, rule }
  }
  if (granted === undefined) return refusal(need, { holder: GIVEN, allow: {} }, root)
  const { layer, rule } = granted
  return { allowed: true, holder: layer.holder, rule, ...sourceOf(layer, 'allow', rule) }
}

/** Names all that the layer lacks of what the same effect is known to need. */
function refusal(need: PermissionNeed, layer: GrantLayer, root: string): Refusal {
  const more = need.also?.filter((one) => allowingRule(layer, one, root) === undefined)
  return notGranted(need, layer, root, more)
}

/** The first rule of any layer that says no. */
export function firstDenial(need: PermissionNeed, { grants, root }: Access): Refusal | undefined {
  for (const layer of grants) {
    const rule = layer.deny && denyingRule(layer.deny, need, root)
    if (rule === undefined) continue
    return deniedBy(need, layer.holder, rule, root, sourceOf(layer, 'deny', rule).source)
  }
  return undefined
}

/** Whether all layers but the one that a person fills would allow it: then a person may be asked. */
export function onlyGivenLacks(need: PermissionNeed, { grants, root }: Access): boolean {
  const lacking = grants.filter((layer) => allowingRule(layer, need, root) === undefined)
  return lacking.length > 0 && lacking.every(({ holder }) => holder === GIVEN)
}

/** The most exact of a layer's rules that allow it, as `read=./docs`. */
export function allowingRule(
  { allow, holder }: GrantLayer,
  need: PermissionNeed,
  root: string,
): string | undefined {
  const { permission } = need
  if (!Object.hasOwn(allow, permission))
    return valuesOf(allow, ANY).includes(ANY) ? '*=*' : undefined
  const grants = valuesOf(allow, permission)
  // The manifest of a plugin says what it is for, not which program: that is for people to name.
  if (permission === 'run' && holder.startsWith('plugin ') && grants.includes(ANY)) return 'run=*'
  // Where a grant leads is a question to the disk: asked only where none fits as it is written.
  const fits = best(grants, need, root, 'written') ?? best(grants, need, root, 'real')
  return fits === undefined ? undefined : `${permission}=${fits}`
}

function best(
  grants: readonly string[],
  { permission, target }: PermissionNeed,
  root: string,
  forms: 'written' | 'real',
): string | undefined {
  let found: string | undefined
  for (const grant of grants) {
    if (found !== undefined && exactness(grant) <= exactness(found)) continue
    if (matches(permission, grant, target, root, forms)) found = grant
  }
  return found
}

function denyingRule(
  deny: PermissionSet,
  { permission, target }: PermissionNeed,
  root: string,
): string | undefined {
  const grant = valuesOf(deny, permission).find((one) => denies(permission, one, target, root))
  if (grant !== undefined) return `${permission}=${grant}`
  return valuesOf(deny, ANY).includes(ANY) ? '*=*' : undefined
}

function valuesOf(set: PermissionSet, permission: string): readonly string[] {
  return Object.hasOwn(set, permission) ? (set[permission] ?? NONE) : NONE
}

function sourceOf(
  { sources }: GrantLayer,
  kind: 'allow' | 'deny',
  rule: string,
): { readonly source?: string } {
  const key = `${kind} ${rule}`
  return sources && Object.hasOwn(sources, key) ? { source: sources[key]! } : {}
}
