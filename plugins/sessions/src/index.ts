import { definePlugin } from '@llmspell/sdk'
import { Guard } from './guard.ts'
import { sessionModule } from './module.ts'
import { Points } from './points.ts'
import { SessionStore } from './store.ts'

export type * from './types.ts'

/** The plugin `sessions`: what belongs together over several runs, under one id. */
export default definePlugin({
  setup(ctx) {
    const store = new SessionStore(ctx.use('state'))
    const guard = new Guard(ctx.find('permissions'))
    const points = new Points(ctx.use('hooks'))
    ctx.provide('sessions', store)
    ctx.contribute('script-modules', 'Session', sessionModule({ store, guard, points }))
  },
})
