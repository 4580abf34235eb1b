import { HookRounds } from '@llmspell/sdk'
import type { Instead } from './attempts.ts'
import type { Question } from './execute.ts'
import type { House } from './house.ts'
import type { AgentChunk } from './result.ts'
import { enter } from './way.ts'

type Begin = (asked: Question, instead?: Instead) => AsyncIterable<AgentChunk>

/** The answer to what the hooks make of a question. They are asked when the first piece is pulled. */
export function throughInput(
  house: House,
  asked: Question,
  begin: Begin,
): AsyncIterable<AgentChunk> {
  return {
    [Symbol.asyncIterator]() {
      let inner: AsyncIterator<AgentChunk> | undefined
      let left = false
      const end = { done: true as const, value: undefined }
      return {
        async next() {
          if (left) return end
          inner ??= (await asHooksSay(house, asked, begin))[Symbol.asyncIterator]()
          return left ? end : inner.next()
        },
        async return() {
          left = true
          await inner?.return?.()
          return end
        },
      }
    },
  }
}

async function asHooksSay(
  house: House,
  asked: Question,
  begin: Begin,
): Promise<AsyncIterable<AgentChunk>> {
  const hops = new HookRounds()
  for (let current = asked; ;) {
    const entered = await enter(house, current)
    if ('asked' in entered) return begin(entered.asked)
    if ('instead' in entered) return begin(current, entered.instead)
    hops.redirected('agent.input', { by: entered.by, to: entered.to.agent.name })
    current = entered.to
  }
}
