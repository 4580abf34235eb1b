import { definePlugin } from '@llmspell/sdk'
import { Catalog } from './catalog.ts'
import { Executor } from './executor.ts'
import { ToolHooks } from './hooks.ts'
import { toolModule } from './module.ts'
import { registry } from './registry.ts'
import { Search } from './search.ts'

export default definePlugin({
  setup(ctx) {
    const hooks = ctx.use('hooks')
    const catalog = new Catalog(ctx.use('extensions'), ctx.use('schemas'))
    const executor = new Executor({
      catalog,
      hooks: new ToolHooks(hooks),
      permissions: ctx.use('permissions'),
      artifacts: ctx.find('artifacts'),
    })
    ctx.provide('tools', registry(catalog))
    ctx.contribute(
      'script-modules',
      'Tool',
      toolModule(catalog, executor, new Search(catalog, hooks)),
    )
  },
})
