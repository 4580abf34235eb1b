import { definePlugin } from '@llmspell/sdk'
import { EmbeddedExecutor } from './executor.ts'
import type { JournalConfig } from './generated/config.ts'

export type * from './types.ts'

/** The plugin `journal`: runs that survive their process. */
export default definePlugin<JournalConfig>({
  setup(ctx) {
    const point = ctx.use('hooks').point('run.record')
    const state = ctx.use('state')
    const schemas = ctx.use('schemas')
    const options = {
      patienceMs: ctx.config.patience_ms,
      quietMs: ctx.config.quiet_ms,
      passivateMs: ctx.config.passivate_ms,
      flushMs: ctx.config.flush_ms,
      retentionMs: ctx.config.retention_ms,
      point,
      schemas,
    }
    const executor = new EmbeddedExecutor(() => state.backend(), options)
    ctx.defer(() => executor.stop())
    ctx.provide('workflow-executor', executor)
    ctx.contribute('executors', 'embedded', executor)
  },
})
