import type { Access, GrantLayer, Permissions } from '@llmspell/sdk'
import type { SecretName } from './names.ts'

/**
 * The access in which a grant of a variable is one of the secret `env:NAME` too, layer by layer, and a denial as well:
 * so that one question, and one line of the audit, decides.
 */
export function withVariables(
  permissions: Permissions,
  access: Access,
  { kind, key, name }: SecretName,
): Access {
  if (kind !== 'env') return access
  const need = { permission: 'env', target: key }
  const layers = access.grants.map((layer): GrantLayer => {
    const decision = permissions.decide(need, { ...access, grants: [layer] })
    if (decision.allowed) return { ...layer, allow: adding(layer.allow, name) }
    if (decision.rule === undefined) return layer
    return { ...layer, deny: adding(layer.deny ?? {}, name) }
  })
  return { ...access, grants: layers }
}

function adding(set: GrantLayer['allow'], name: string): GrantLayer['allow'] {
  return { ...set, secret: [...(set['secret'] ?? []), name] }
}
