import { definePlugin } from '@llmspell/sdk'
import { logModule } from './builtin/log.ts'
import { runModule } from './builtin/run.ts'
import { streamModule } from './builtin/stream.ts'
import { Door } from './door.ts'
import { ModuleCatalogue } from './modules.ts'
import { Runtime } from './runtime.ts'

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const threadMain = new URL(`./transport/worker-main.${ending}`, import.meta.url)

export default definePlugin({
  setup(ctx) {
    const extensions = ctx.use('extensions')
    const hooks = ctx.use('hooks')
    const modules = new ModuleCatalogue(extensions, ctx.use('schemas'))
    const door = new Door(modules, hooks)
    const done = hooks.point('script.done')
    const runtime = new Runtime({ extensions, modules, door, done, threadMain, logger: ctx.logger })
    ctx.defer(() => runtime.close())
    ctx.contribute(
      'script-modules',
      'Run',
      runModule((id) => runtime.factsOf(id)),
    )
    ctx.contribute('script-modules', 'JSON', { functions: {} })
    ctx.contribute('script-modules', 'Log', logModule)
    ctx.contribute(
      'script-modules',
      'Stream',
      streamModule((id) => runtime.scopeOf(id).streams),
    )
    ctx.provide('script-runtime', runtime)
  },
})
