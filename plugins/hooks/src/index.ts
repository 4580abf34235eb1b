import { definePlugin } from '@llmspell/sdk'
import { Asking } from './asking.ts'
import { hookFunctions } from './functions.ts'
import type { HooksConfig } from './generated/config.ts'
import { hookModule } from './module.ts'
import { Points } from './points.ts'
import { Registrations } from './registry.ts'
import { HookScripts } from './scripts.ts'

/** Before all others: a call that is refused here is not asked about. */
const GATE = -1000

/** The plugin `hooks`: functions of scripts at the points of all plugins. */
export default definePlugin<HooksConfig>({
  setup(ctx) {
    const { logger } = ctx
    const hooks = ctx.use('hooks')
    const runtime = ctx.use('script-runtime')
    const scripts = new HookScripts(ctx.config.scripts, runtime, logger)
    const registrations = new Registrations(hooks, (point) => asking.tapOf(point))
    const common = { runtime, schemas: ctx.use('schemas'), tracer: () => hooks.tracer() }
    const points = new Points(hooks)
    const asking = new Asking({
      ...common,
      at: (point, runId) => registrations.at(point, runId),
      drop: (hook) => registrations.remove(hook),
    })
    const parts = { points, registrations, asking, scripts, runtime, logger }
    const gated = { stage: GATE, timeout: Infinity }
    if (scripts.some) ctx.tap('call.guard' as never, scripts.gate as never, gated)
    ctx.defer(() => scripts.stop())
    ctx.provide('hook-functions', hookFunctions(points, common))
    ctx.contribute('script-modules', 'Hook', hookModule(parts))
  },
})
