import type { Progress } from '@llmspell/sdk'
import type { Ask } from './ask.ts'

/** Tells people what an agent is doing, with the tokens so far. */
export function progress({ context, ledger }: Ask, state: Progress['state'], text: string): void {
  const { tokens, agent } = ledger
  context.progress({
    who: `agent '${agent}'`,
    state,
    text: tokens === 0 ? text : `${text} (${tokens} tokens)`,
  })
}
