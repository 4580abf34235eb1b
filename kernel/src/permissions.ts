import type { Denial, PermissionSet } from '@llmspell/sdk'

/** Three lists of scoped values; a right must be in all of them. */
export interface Rights {
  /** What the run was granted. */
  readonly granted: PermissionSet
  /** What the plugin declares in its manifest. */
  readonly declared: PermissionSet
  /** What the host's policy allows. */
  readonly policy: PermissionSet
}

const LAYERS = [
  [
    'declared',
    "the plugin's manifest does not declare it",
    'Add it to permissions of the manifest.',
  ],
  ['policy', "the host's policy does not allow it", 'Ask who runs this host.'],
  ['granted', 'it was not granted to this run', 'Grant it, if you mean it.'],
] as const

/**
 * Decides one right: deny by default, granted and declared and allowed. Compares exact values and
 * `*` only; what a value means (folders, origins) is known to the plugin that enforces it.
 * @returns undefined where it is allowed, else the reason
 */
export function decide(permission: string, value: string, rights: Rights): Denial | undefined {
  for (const [layer, reason, hint] of LAYERS) {
    if (holds(rights[layer], permission, value)) continue
    return { denied: true, reason: `'${permission}' for '${value}' is denied: ${reason}.`, hint }
  }
  return undefined
}

/** The rights that all layers share; `*` in one leaves what the others name. */
export function intersect(...layers: readonly PermissionSet[]): PermissionSet {
  const [first, ...others] = layers
  if (!first) return {}
  return others.reduce(both, first)
}

/** What `next` has and `before` has not: what an update must ask for. */
export function widened(before: PermissionSet, next: PermissionSet): PermissionSet {
  const entries = Object.entries(next).map(([permission, values]) => {
    return [permission, values.filter((value) => !holds(before, permission, value))] as const
  })
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0))
}

function both(a: PermissionSet, b: PermissionSet): PermissionSet {
  const entries = Object.keys(a)
    .filter((permission) => Object.hasOwn(b, permission))
    .map((permission) => {
      const values = [...new Set([...(a[permission] ?? []), ...(b[permission] ?? [])])]
      return [permission, values.filter((v) => holds(a, permission, v) && holds(b, permission, v))]
    })
  return Object.fromEntries(entries) as PermissionSet
}

function holds(set: PermissionSet, permission: string, value: string): boolean {
  const values = Object.hasOwn(set, permission) ? set[permission] : undefined
  return values?.some((entry) => entry === value || entry === '*') ?? false
}
