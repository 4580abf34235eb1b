import { SpellError } from '@llmspell/sdk'
import type { Reply } from './reply.ts'
import type { PlannedReply } from './settings.ts'

/**
 * The rule of `mock/scripted`: as many replies were used up as the request holds answers, so nothing is remembered.
 * @throws PROVIDER_FAILED when none is left
 */
export function scriptedReply(replies: readonly PlannedReply[], answers: number): Reply {
  const reply = replies[answers]
  if (reply === undefined) throw usedUp(replies.length, answers + 1)
  if (typeof reply === 'string') return { text: reply, calls: [] }
  const { text = '', tool_calls = [], finish_reason } = reply
  const calls = tool_calls.map(({ name, input = {} }) => ({ name, input }))
  return { text, calls, ...(finish_reason === undefined ? {} : { reason: finish_reason }) }
}

function usedUp(length: number, wanted: number): SpellError {
  const text = `Model 'mock/scripted' has no reply left: expected at least ${wanted} in 'settings.replies', found ${length}.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Add a reply for each request that the conversation makes.',
    details: { provider: 'mock', retryable: false },
  })
}
