import type { Observe } from '@llmspell/sdk'

declare module '@llmspell/sdk' {
  interface Hooks {
    'budget.warning': Observe<{
      readonly run_id: string
      /** `the run`, `agent 'poet'`. */
      readonly who: string
      /** `max_tokens`, `max_cost`, `max_steps`, `max_tool_calls`. */
      readonly limit: string
      readonly used: number
      readonly max: number
    }>
  }
}
