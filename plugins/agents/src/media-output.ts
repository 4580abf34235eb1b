import { isSpellError } from '@llmspell/sdk'
import type { HandleRef, ModelChunk } from '@llmspell/sdk'
import type { Turn } from './turn.ts'

/** A handle for what a model made; an answer is not lost to a picture that cannot be kept. */
export function madeBy(
  turn: Turn,
  { data, mime }: Extract<ModelChunk, { readonly type: 'media' }>,
): HandleRef | undefined {
  const { media, ask, agent } = turn.parts
  const warn = (why: string): undefined => {
    const message = `What the model of agent '${agent.name}' made (${mime}) is not handed on: ${why}`
    ask.context.log({ level: 'warn', message })
  }
  if (!media) return warn("the plugin 'media' is not there.")
  try {
    return media.add(data, mime, ask.context)
  } catch (error) {
    if (!isSpellError(error)) throw error
    return warn(error.message)
  }
}
