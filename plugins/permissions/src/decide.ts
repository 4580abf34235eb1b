import { SpellError } from '@llmspell/sdk'
import type {
  GrantChain,
  PermissionDecision,
  PermissionNeed,
  PermissionSet,
  Permissions,
} from '@llmspell/sdk'
import { denies, matches } from './match.ts'
import { deniedBy, notGranted, sentence, shownTarget } from './words.ts'

/** The service: no state, so one object serves every kernel in the process. */
export const permissions: Permissions = { decide, require: requireGrant }

/** Any deny refuses; then every layer must allow; a chain without layers allows nothing. */
function decide(need: PermissionNeed, chain: GrantChain, root: string): PermissionDecision {
  for (const layer of chain) {
    const denying = firstMatch(denies, layer.deny, need, root)
    if (denying !== undefined) return deniedBy(need, layer.holder, denying, root)
  }
  const missing = chain.find((layer) => firstMatch(matches, layer.allow, need, root) === undefined)
  if (missing) return notGranted(need, missing.holder, root)
  return chain.length > 0 ? { allowed: true } : notGranted(need, 'command line', root)
}

function requireGrant(need: PermissionNeed, chain: GrantChain, root: string): void {
  const decision = decide(need, chain, root)
  if (decision.allowed) return
  const { permission } = need
  throw new SpellError('PERMISSION_DENIED', sentence(need, decision, root), {
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
