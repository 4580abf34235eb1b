import { resolve } from 'node:path'
import type {
  Access,
  CallContext,
  PermissionNeed,
  Permissions,
  ScriptCall,
  ScriptModuleHandlers,
} from '@llmspell/sdk'
import { validators } from './generated/permission.module.validate.js'

const PATHS = new Set(['read', 'write'])

/** Handlers of the hidden module `Permission`: the door and plugins ask on behalf of whoever calls. */
export function permissionModule(permissions: Permissions): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      can: ({ args: [permission, target], context }: ScriptCall<[string, string]>) =>
        permissions.decide(need(permission, target, context.root), accessOf(context, 'Run.can'))
          .allowed,
      require: async ({
        args: [permission, target, subject],
        context,
      }: ScriptCall<[string, string, string]>) => {
        await permissions.require(
          need(permission, target, context.root),
          accessOf(context, subject),
        )
        return undefined
      },
    },
  }
}

function accessOf(context: CallContext, subject: string): Access {
  const { grants, root, signal } = context
  return { subject, grants, root, signal, run: context }
}

function need(permission: string, target: string, root: string): PermissionNeed {
  return { permission, target: PATHS.has(permission) ? resolve(root, target) : target }
}
