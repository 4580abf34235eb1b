import type { Message } from '@llmspell/sdk'
import { tokensOf } from './tokens.ts'

/** How much of the past a model is told again; absent: no limit of that kind. */
export interface MemoryLimit {
  readonly messages?: number
  readonly tokens?: number
}

/** The first message that is kept: all, or from a question on, so that no call is parted from its result. */
function beginning(messages: readonly Message[], limit: MemoryLimit): number {
  const { messages: most = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY } = limit
  if (messages.length <= most && tokensOf(messages) <= tokens) return 0
  let [start, left, end] = [messages.length, tokens, messages.length]
  for (let at = messages.length - 1; at >= 0; at--) {
    if (messages[at]!.role !== 'user') continue
    left -= tokensOf(messages.slice(at, end))
    const isTooMuch = messages.length - at > most && start < messages.length
    if (left < 0 || isTooMuch) break
    start = end = at
  }
  return start
}

/** What is kept, and how many messages fell out. */
export interface Trimmed {
  readonly kept: readonly Message[]
  readonly fallen: readonly Message[]
}

/**
 * The end of a conversation, from a question on. Messages of the system stay, wherever they stood; the last turn stays
 * whole however many messages it has, but never beyond the tokens.
 */
export function trim(messages: readonly Message[], limit: MemoryLimit): Trimmed {
  const system = messages.filter(({ role }) => role === 'system')
  const talk = messages.filter(({ role }) => role !== 'system')
  const tokens = limit.tokens === undefined ? {} : { tokens: limit.tokens - tokensOf(system) }
  const start = beginning(talk, { ...limit, ...tokens })
  return { kept: [...system, ...talk.slice(start)], fallen: talk.slice(0, start) }
}
