import { SpellError } from '@llmspell/sdk'
import type {
  Access,
  PermissionDecision,
  PermissionNeed,
  PermissionSet,
  Permissions,
} from '@llmspell/sdk'
import { denies, matches } from './match.ts'
import { deniedBy, notGranted, sentence, shownTarget } from './words.ts'

/** The service: no state, so one object serves every kernel in the process. */
export const permissions: Permissions = {
  decide,
  require: requireGrant,
  mark: () => undefined,
  labels: () => new Set(),
}

/** Any deny refuses; then every layer must allow; a chain without layers allows nothing. */
function decide(need: PermissionNeed, { grants: chain, root }: Access): PermissionDecision {
  for (const layer of chain) {
    const denying = firstMatch(denies, layer.deny, need, root)
    if (denying !== undefined) return deniedBy(need, layer.holder, denying, root)
  }
  const missing = chain.find((layer) => firstMatch(matches, layer.allow, need, root) === undefined)
  if (missing) return notGranted(need, missing.holder, root)
  if (chain.length === 0) return notGranted(need, 'command line', root)
  const [first] = chain
  const rule = firstMatch(matches, first!.allow, need, root)!
  return { allowed: true, holder: first!.holder, rule: `${need.permission}=${rule}` }
}

async function requireGrant(need: PermissionNeed, access: Access): Promise<void> {
  const decision = decide(need, access)
  const { root, subject } = access
  if (decision.allowed) return
  const { permission } = need
  throw new SpellError('PERMISSION_DENIED', sentence(need, decision, root, subject), {
    hint: decision.hint,
    details: {
      permission: { permission, target: shownTarget(need, root) },
      holder: decision.holder,
    },
  })
}

function firstMatch(
  fits: typeof matches,
  set: PermissionSet | undefined,
  { permission, target }: PermissionNeed,
  root: string,
): string | undefined {
  if (!set || !Object.hasOwn(set, permission)) return undefined
  return set[permission]?.find((grant) => fits(permission, grant, target, root))
}
