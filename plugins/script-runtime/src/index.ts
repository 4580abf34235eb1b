import { definePlugin } from '@llmspell/sdk'
import type { ScriptModuleHandlers } from '@llmspell/sdk'
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
    // The modules look their runs up in the runtime, which is made of them.
    const own: Record<string, ScriptModuleHandlers> = {
      Run: runModule(
        (id) => runtime.factsOf(id),
        ctx.use('schemas'),
        hooks.point('run.checkpoint'),
      ),
      JSON: { functions: {} },
      Log: logModule,
      Stream: streamModule((id) => runtime.scopeOf(id).streams),
    }
    const modules = new ModuleCatalogue(extensions, ctx.use('schemas'), own)
    const door = new Door(modules, hooks)
    const start = hooks.point('script.start')
    const done = hooks.point('script.done')
    const { logger } = ctx
    const runtime = new Runtime({ extensions, modules, door, start, done, threadMain, logger })
    ctx.defer(() => runtime.close())
    for (const [name, handlers] of Object.entries(own)) {
      ctx.contribute('script-modules', name, handlers)
    }
    ctx.provide('script-runtime', runtime)
  },
})
