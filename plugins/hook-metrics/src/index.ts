import { definePlugin } from '@llmspell/sdk'
import { BOUNDS } from './buckets.ts'
import { chosen, countPoints, countTaps } from './collect.ts'
import { Files } from './files.ts'
import type { HookMetricsConfig } from './generated/config.ts'
import { Keeper } from './keeper.ts'
import { prometheusText } from './prometheus.ts'
import { Store } from './store.ts'

export type * from './types.ts'

/** The plugin `hook-metrics`: counts and times of hook points, in this process and over runs. */
export default definePlugin<HookMetricsConfig>({
  setup(ctx) {
    const { enabled, points, taps, folder, keep_days } = ctx.config
    const hooks = ctx.use('hooks')
    const store = new Store()
    const files = folder === undefined ? undefined : new Files(folder, keep_days)
    const keeper = files && new Keeper(files, store, ctx.logger)
    ctx.provide('metrics', {
      bounds: BOUNDS,
      snapshot: () => store.snapshot(),
      prometheus: (snapshot = store.snapshot()) => prometheusText(snapshot),
      totals: async (since) => {
        await keeper?.write()
        return (await files?.totals(since)) ?? { ...store.snapshot(), unreadable: 0 }
      },
    })
    if (!enabled) return
    countPoints(hooks, store, chosen(points))
    if (taps) countTaps(hooks, store, ctx.id)
    if (!keeper) return
    const done = hooks.list().some(({ name }) => name === 'script.done')
    if (done)
      hooks.tap('script.done' as never, (() => void keeper.write()) as never, { stage: 2000 })
    ctx.defer(() => keeper.write())
  },
})
