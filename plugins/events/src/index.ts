import { definePlugin } from '@llmspell/sdk'
import { Bus } from './bus.ts'
import type { EventsConfig } from './generated/config.ts'
import { Past } from './past.ts'

export default definePlugin<EventsConfig>({
  setup(ctx) {
    const state = ctx.find('state')
    const past = new Past(state && (() => state.backend()), ctx.config.persist)
    const bus = new Bus(past)
    ctx.defer(() => bus.close())
    ctx.provide('events', bus)
  },
})
