import type { Json, StepEffect } from '@llmspell/sdk'
import type { Knowledge } from '../modules.ts'
import type { Passage } from '../passage.ts'

/** One call with all that its record says of it. */
export interface Asked {
  readonly passage: Passage
  readonly known: Knowledge | undefined
  readonly name: string
  readonly args: Json
  readonly effect: StepEffect
}

/** The same call as a part of its step. */
export function inLeaf(passage: Passage, raw = passage.origin.raw): Passage {
  return { ...passage, origin: { ...passage.origin, durable: undefined, branch: undefined, raw } }
}

/** What no plugin foresaw is told in the same words in every life. */
export async function recordable<T>({ scope }: Passage, fn: () => T): Promise<Awaited<T>> {
  try {
    return await fn()
  } catch (error) {
    throw scope.life!.failure(error)
  }
}
