import { definePlugin } from '@llmspell/sdk'
import type { StateConfig } from './generated/config.ts'
import { Guard } from './guard.ts'
import { Manager } from './manager.ts'
import { stateModule } from './module.ts'
import { Points } from './points.ts'
import { Quota } from './quota.ts'

export type * from './types.ts'

/** The plugin `state`: the store of this installation, and the script module over it. */
export default definePlugin<StateConfig>({
  setup(ctx) {
    const state = new Manager({
      config: ctx.config,
      extensions: ctx.use('extensions'),
      logger: ctx.logger,
      signal: ctx.signal,
      secrets: () => ctx.find('secrets'),
      point: ctx.use('hooks').point('state.migration'),
    })
    const points = new Points(ctx.use('hooks'))
    const quota = new Quota(ctx.config.max_bytes_per_run)
    const guard = new Guard(ctx.find('permissions'))
    ctx.provide('state', state)
    ctx.contribute(
      'script-modules',
      'State',
      stateModule({
        state,
        guard,
        points,
        quota,
        migration: ctx.use('hooks').point('state.migration'),
        schemas: () => ctx.use('schemas'),
      }),
    )
    ctx.defer(() => state.close())
  },
})
