import { definePlugin, type Value } from '@llmspell/sdk'
import type { HookLoggingConfig } from './generated/config.ts'
import { listen } from './listen.ts'
import { fileOut, streamOut } from './out.ts'
import { Queue } from './queue.ts'

export type * from './types.ts'

/** The plugin `hook-logging`: a line of JSON for what hook points tell. */
export default definePlugin<HookLoggingConfig>({
  async setup(ctx) {
    const { config, logger } = ctx
    if (!config.enabled) return ctx.provide('log-lines', { flush: () => undefined })
    const { formatter } = await import('./format.ts')
    const queue = new Queue({
      out: config.file === undefined ? streamOut(process.stderr) : await fileOut(config.file),
      most: config.buffer,
      format: formatter(),
      failed: ({ message }) => logger.warn(`Lines of the log cannot be written: ${message}`),
    })
    ctx.provide('log-lines', { flush: () => queue.flush() })
    ctx.defer(() => queue.close())
    const runtime = ctx.find('script-runtime')
    listen(ctx.use('hooks'), {
      config,
      add: (entry) => queue.add(entry),
      redactOf: (runId) => {
        const run = runtime?.about(runId)
        return run && ((value: Value) => run.redact(value))
      },
    })
  },
})
