import { resolve } from 'node:path'
import type { PermissionNeed, Permissions, ScriptCall, ScriptModuleHandlers } from '@llmspell/sdk'
import { validators } from './generated/permission.module.validate.js'

const PATHS = new Set(['read', 'write'])

/** Handlers of the hidden module `Permission`: the door and plugins ask on behalf of whoever calls. */
export function permissionModule(permissions: Permissions): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      can: ({ args: [permission, target], context }: ScriptCall<[string, string]>) =>
        permissions.decide(
          need(permission, target, 'Run.can', context.root),
          context.grants,
          context.root,
        ).allowed,
      require: ({
        args: [permission, target, subject],
        context,
      }: ScriptCall<[string, string, string]>) => {
        permissions.require(
          need(permission, target, subject, context.root),
          context.grants,
          context.root,
        )
        return undefined
      },
    },
  }
}

function need(permission: string, target: string, subject: string, root: string): PermissionNeed {
  return { permission, target: PATHS.has(permission) ? resolve(root, target) : target, subject }
}
