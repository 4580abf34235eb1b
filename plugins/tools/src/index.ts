import { definePlugin } from '@llmspell/sdk'
import { Catalog } from './catalog.ts'
import { Executor } from './executor.ts'
import { ToolHooks } from './hooks.ts'
import { toolModule } from './module.ts'
import { registry } from './registry.ts'

export default definePlugin({
  setup(ctx) {
    const catalog = new Catalog(ctx.use('extensions'), ctx.use('schemas'))
    const executor = new Executor({
      catalog,
      hooks: new ToolHooks(ctx.use('hooks')),
      permissions: ctx.use('permissions'),
      artifacts: ctx.find('artifacts'),
    })
    ctx.provide('tools', registry(catalog))
    ctx.contribute('script-modules', 'Tool', toolModule(catalog, executor))
  },
})
