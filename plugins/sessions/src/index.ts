import { definePlugin, SessionGuard } from '@llmspell/sdk'
import { sessionModule } from './module.ts'
import { Points } from './points.ts'
import { Replays } from './replay.ts'
import { HostSessions } from './service.ts'
import { SessionStore } from './store.ts'

export type * from './types.ts'

/** The plugin `sessions`: what belongs together over several runs, under one id. */
export default definePlugin({
  setup(ctx) {
    const artifacts = ctx.find('artifacts')
    const runtime = ctx.find('script-runtime')
    const store = new SessionStore(ctx.use('state'), artifacts)
    const guard = new SessionGuard(ctx.find('permissions'), 'Session')
    const points = new Points(ctx.use('hooks'))
    const replays = new Replays(store, runtime)
    ctx.provide('sessions', new HostSessions({ store, points, replays, artifacts, runtime }))
    ctx.contribute('script-modules', 'Session', sessionModule({ store, guard, points }, replays))
  },
})
