import { definePlugin } from '@llmspell/sdk'
import type { ToolFacts } from '@llmspell/sdk'
import type { RateLimitConfig } from './generated/config.ts'
import { Limiter } from './limiter.ts'
import { ruleOf } from './rules.ts'

export type * from './types.ts'

interface ModelFacts {
  readonly runId: string
  readonly actor: string
  readonly model: string
}

/** Behind everybody who may refuse a call or answer it: what is not made does not count. */
const STAGE = 2000

/** The plugin `hook-rate-limit`: calls of tools and models wait, or are refused, where they come too often. */
export default definePlugin<RateLimitConfig>({
  setup(ctx) {
    const { enabled, limits } = ctx.config
    const limiter = new Limiter(ctx.id, limits.map(ruleOf))
    const runtime = ctx.find('script-runtime')
    const signalOf = (run: string): AbortSignal => {
      const signal = runtime?.about(run)?.signal
      return signal ? AbortSignal.any([ctx.signal, signal]) : ctx.signal
    }
    const tool = ({ tool: name, run_id: run, caller }: ToolFacts) =>
      limiter.pass({ run, tool: name, ...agentOf(caller) }, signalOf(run))
    const model = ({ runId: run, actor, model: name }: ModelFacts) =>
      limiter.pass({ run, model: name, ...agentOf(actor) }, signalOf(run))
    // Each row limits its own wait.
    const options = { stage: STAGE, timeout: Infinity }
    ctx.provide('rate-limits', limiter)
    if (!enabled) return
    ctx.tap('tool.input', tool, options)
    ctx.tap('llm.request' as never, model as never, options)
  },
})

/** `agent 'poet'` is what acts; a script has no name. */
function agentOf(caller: string): { readonly agent?: string } {
  const name = /^agent '(.*)'$/s.exec(caller)?.[1]
  return name === undefined ? {} : { agent: name }
}
