import { SpellError } from '@llmspell/sdk'
import type { Access, CallContext } from '@llmspell/sdk'
import { callerAccess } from './access.ts'
import type { Connection } from './keys.ts'
import type { ResolvedModel } from './types.ts'

/** Whether the caller holds it; the host itself holds all. Asks nobody. */
export function granted(connection: Connection, permission: string, target: string): boolean {
  const { context, permissions, model } = connection
  if (!context) return true
  const access = accessFor(permission, model, context)
  return permissions?.decide({ permission, target }, access).allowed ?? false
}

/** Asks, or denies, where the caller does not hold it; what it holds is required where it is used. @throws PERMISSION_DENIED */
export async function foresee(
  connection: Connection,
  permission: string,
  target: string,
): Promise<void> {
  if (!granted(connection, permission, target)) await demand(connection, permission, target)
}

/** @throws PERMISSION_DENIED */
export async function demand(
  connection: Connection,
  permission: string,
  target: string,
): Promise<void> {
  const { context, permissions, model } = connection
  if (!context) return
  const access = accessFor(permission, model, context)
  if (permissions) return permissions.require({ permission, target }, access)
  throw new SpellError(
    'PERMISSION_DENIED',
    `${access.subject} may not use ${permission} '${target}': no plugin decides about permissions.`,
    { hint: "Install the plugin 'permissions'.", details: { permission, target } },
  )
}

/** Where a model lives is the script's word, also when an agent asks it: nothing that an agent read can change it. */
function accessFor(permission: string, model: ResolvedModel, context: CallContext): Access {
  const access = callerAccess(model, context)
  return permission === 'net' ? { ...access, run: { ...context, actors: [] } } : access
}
