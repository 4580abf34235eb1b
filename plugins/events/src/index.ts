import { definePlugin, durationMs } from '@llmspell/sdk'
import { Bridge } from './bridge.ts'
import { Bus } from './bus.ts'
import type { EventsConfig } from './generated/config.ts'
import { eventModule } from './module.ts'
import { Past } from './past.ts'
import { pointsOf } from './points.ts'

export default definePlugin<EventsConfig>({
  setup(ctx) {
    const { logger, config } = ctx
    const state = ctx.find('state')
    const hooks = ctx.use('hooks')
    const past = new Past({
      open: state && (() => state.backend()),
      patterns: config.persist,
      keep: { events: config.keep_events, ms: durationMs(config.keep_for) ?? Infinity },
      warn: (error) => logger.warn(`Old events could not be removed: ${String(error)}`),
    })
    const bus: Bus = new Bus({
      past,
      points: pointsOf(hooks),
      changed: () => bridge.look(),
      broken: (error) => logger.error(`Events could not be read again: ${String(error)}`),
    })
    const bridge = new Bridge(bus, hooks, logger)
    bridge.look()
    ctx.defer(() => bridge.close())
    ctx.defer(() => bus.close())
    ctx.provide('events', bus)
    ctx.contribute(
      'script-modules',
      'Event',
      eventModule({ bus, permissions: ctx.find('permissions') }),
    )
  },
})
