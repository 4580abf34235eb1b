import { definePlugin, hookFacts } from '@llmspell/sdk'
import { Files } from './files.ts'
import type { HookCostConfig } from './generated/config.ts'
import { Ledger } from './ledger.ts'
import { Warner } from './warner.ts'

export type * from './types.ts'

/** Behind all others. */
const STAGE = 1000

/** The plugin `hook-cost`: what models cost, by run, agent, model and day. */
export default definePlugin<HookCostConfig>({
  setup(ctx) {
    const { config, logger } = ctx
    const { enabled, folder, keep_days } = config
    const files = folder === undefined ? undefined : new Files(folder, keep_days)
    const warner = new Warner(config, files, logger)
    const ledger = new Ledger(files, logger, warner)
    ctx.provide('costs', ledger)
    const note = (payload: unknown): void => ledger.note(payload)
    if (!enabled) return
    ctx.tap('llm.done' as never, note as never, { stage: STAGE })
    const hooks = ctx.use('hooks')
    if (!hooks.list().some(({ name }) => name === 'script.done')) return
    const ended = (payload: unknown): void => {
      warner.forget(hookFacts(payload).runId ?? '')
      void ledger.write()
    }
    hooks.tap('script.done' as never, ended as never, { stage: STAGE })
    ctx.defer(() => ledger.write())
  },
})
