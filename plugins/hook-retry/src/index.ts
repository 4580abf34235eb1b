import { definePlugin } from '@llmspell/sdk'
import type { ErrorRecord, ToolErrorFacts } from '@llmspell/sdk'
import type { RetryConfig } from './generated/config.ts'
import { Retrier } from './retrier.ts'
import { ruleOf } from './rules.ts'

export type * from './types.ts'

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
    const tool = ({ tool: name, attempt, error }: ToolErrorFacts) =>
      retrier.decide({ tool: name, attempt, error })
    const model = ({ model: name, attempt, error }: ModelFailed) =>
      retrier.decide({ model: name, attempt, error })
    ctx.provide('retries', retrier)
    if (!enabled) return
    ctx.tap('tool.error', tool)
    ctx.tap('llm.error' as never, model as never)
  },
})
