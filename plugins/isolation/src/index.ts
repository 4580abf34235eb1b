import { definePlugin, type HostedPlugin, type PluginHost } from '@llmspell/sdk'
import type { IsolationConfig } from './generated/config.ts'
import { Tenant, type Landlord } from './tenant.ts'

declare module '@llmspell/sdk' {
  interface Services {
    isolation: PluginHost
  }
}

export default definePlugin<Required<IsolationConfig>>({
  setup(ctx) {
    const landlord: Landlord = {
      jail: ctx.use('jail'),
      permissions: ctx.use('permissions'),
      limits: ctx.config,
    }
    ctx.provide('isolation', { load: (plugin) => tenantOf(plugin, landlord) })
  },
})

function tenantOf(plugin: HostedPlugin, landlord: Landlord) {
  return definePlugin({
    async setup(ctx) {
      const tenant = new Tenant(plugin, ctx, landlord)
      ctx.defer(() => tenant.close())
      tenant.move()
      if (plugin.trial) await tenant.tried()
    },
  })
}
