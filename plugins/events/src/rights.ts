import { SpellError } from '@llmspell/sdk'
import type { CallContext, Permissions } from '@llmspell/sdk'

/** Events of other runs are the business of others. @throws PERMISSION_DENIED */
export async function requireAllRuns(
  permissions: Permissions | undefined,
  pattern: string,
  context: CallContext,
  fn: string,
): Promise<void> {
  if (!permissions) throw noPermissions()
  const { grants, root, signal } = context
  const access = { subject: `Event.${fn}`, grants, root, signal, run: context }
  await permissions.require({ permission: 'events', target: pattern, shown: pattern }, access)
}

function noPermissions(): SpellError {
  return new SpellError('NOT_AVAILABLE', 'Nobody can grant the events of other runs.', {
    hint: "Install the plugin 'permissions'.",
  })
}
