import { definePlugin, durationMs } from '@llmspell/sdk'
import { Cache } from './cache.ts'
import type { CacheConfig } from './generated/config.ts'
import { ModelTaps } from './model-taps.ts'
import { Store } from './store.ts'
import { ToolTaps } from './tool-taps.ts'

export type * from './types.ts'

/** Behind everybody who may change or refuse a call. */
const LAST = 1000
/** Before everybody who may change an answer: they are asked about kept ones too. */
const FIRST = -1000

/** The plugin `hook-cache`: what was asked before is answered from memory. */
export default definePlugin<CacheConfig>({
  setup(ctx) {
    const { config } = ctx
    const { enabled, max_entries: entries, max_bytes: bytes, readers } = config
    const ttlMs = durationMs(config.ttl)!
    const state = config.persist ? ctx.find('state') : undefined
    const store = state && new Store(state, ctx.logger, { entries, ttlMs })
    const maxWaitMs = durationMs(config.max_wait)!
    const cache = new Cache({ entries, bytes, ttlMs, maxWaitMs, store })
    const runtime = ctx.find('script-runtime')
    const extensions = ctx.use('extensions')
    const about = (run: string) => runtime?.about(run)
    const models = new ModelTaps({ cache, about, which: config.models })
    const tools = new ToolTaps({
      cache,
      about,
      readers,
      pure: config.tools === 'pure',
      itemOf: (tool) => extensions.find('tools', tool),
    })
    // A call that waits for an equal one has a limit of its own.
    const asking = { stage: LAST, timeout: Infinity }
    const noting = { stage: FIRST }
    ctx.provide('cache', cache)
    if (!enabled) return
    const as = <T>(tap: T): never => tap as never
    ctx.tap('tool.input', as(tools.input.bind(tools)), asking)
    ctx.tap('tool.output', as(tools.output.bind(tools)), noting)
    ctx.tap('tool.error', as(tools.error.bind(tools)), noting)
    ctx.tap('tool.done', as(tools.done.bind(tools)), noting)
    ctx.tap('llm.request' as never, as(models.request.bind(models)), asking)
    ctx.tap('llm.response' as never, as(models.response.bind(models)), noting)
    ctx.tap('llm.error' as never, as(models.error.bind(models)), noting)
    ctx.tap('llm.done' as never, as(models.done.bind(models)), noting)
  },
})
