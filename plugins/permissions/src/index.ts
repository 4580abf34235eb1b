import { definePlugin, type Policy } from '@llmspell/sdk'
import type { PermissionsConfig } from './generated/config.ts'
import { Guard } from './guard.ts'
import { permissionModule } from './module.ts'
import { protector } from './protect.ts'
import { Teller } from './tell.ts'

export type { PermissionFacts } from './tell.ts'

export default definePlugin<PermissionsConfig>({
  setup(ctx) {
    const { config, logger } = ctx
    const hooks = ctx.use('hooks')
    const points = {
      decided: hooks.point('permission.decided'),
      denied: hooks.point('permission.denied'),
    }
    const teller = new Teller(config.audit, points)
    ctx.defer(() => teller.close().catch((error: Error) => logger.error(error.message)))
    const policy = lazyPolicy(config)
    const guard = new Guard({
      isProtected: protector(config),
      remember: config.user === undefined ? undefined : (root, rule) => policy.remember(root, rule),
      tell: (decided) => teller.tell(decided),
      warn: (message) => logger.warn(message),
    })
    ctx.provide('permissions', guard)
    ctx.provide('policy', policy)
    ctx.provide('audit', teller.audit)
    ctx.contribute('script-modules', 'Permission', permissionModule(guard))
  },
})

/** Most runs have no policy file: its code is loaded when something asks for one. */
function lazyPolicy(config: PermissionsConfig): Policy {
  let opening: Promise<Policy> | undefined
  const open = (): Promise<Policy> =>
    (opening ??= import('./policy/index.ts').then(({ PolicyFiles }) => new PolicyFiles(config)))
  return {
    chain: async (root, given) => (await open()).chain(root, given),
    files: async (root) => (await open()).files(root),
    remember: async (root, rule) => (await open()).remember(root, rule),
    trust: async (root) => (await open()).trust(root),
    check: async (file, scope) => (await open()).check(file, scope),
  }
}
