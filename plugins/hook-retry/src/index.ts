import { definePlugin } from '@llmspell/sdk'
import type { Effect, ErrorRecord } from '@llmspell/sdk'
import type { RetryConfig } from './generated/config.ts'
import { Retrier } from './retrier.ts'
import { ruleOf } from './rules.ts'

export type * from './types.ts'

interface ToolFailed {
  readonly tool: string
  readonly effect: Effect
  readonly attempt: number
  readonly error: ErrorRecord
}

interface ModelFailed {
  readonly model: string
  readonly attempt: number
  readonly error: ErrorRecord
}

/** The plugin `hook-retry`: tools and models that failed for a reason that may pass are tried again. */
export default definePlugin<RetryConfig>({
  setup(ctx) {
    const { enabled, rules } = ctx.config
    const retrier = new Retrier(rules.map(ruleOf))
    const tool = ({ tool: name, effect, attempt, error }: ToolFailed) =>
      retrier.decide({ tool: name, effect, attempt, error })
    const model = ({ model: name, attempt, error }: ModelFailed) =>
      retrier.decide({ model: name, attempt, error })
    ctx.tap('tool.error' as never, (enabled ? tool : undefined) as never)
    ctx.tap('llm.error' as never, (enabled ? model : undefined) as never)
    ctx.provide('retries', retrier)
  },
})
