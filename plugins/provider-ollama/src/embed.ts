import { countedUsage } from '@llmspell/sdk'
import type { Usage } from '@llmspell/sdk'
import { malformed } from './failures.ts'
import { settingsOf } from './request.ts'
import { ask } from './wire.ts'
import type { Line } from './wire.ts'

interface Embedded {
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Omit<Usage, 'cost'>
}

/** A text that is longer than the context is an error and not silently cut, unless `truncate` is set. */
export async function embed(line: Line, texts: readonly string[]): Promise<Embedded> {
  const { model } = line
  const { beside, options } = settingsOf(model)
  const body = { model: model.model, input: texts, truncate: false, ...beside, options }
  const { embeddings, prompt_eval_count: tokens } = await ask(line, '/api/embed', body)
  if (!isVectors(embeddings) || embeddings.length !== texts.length)
    throw malformed(model, `${texts.length} lists of numbers`, 'something else')
  const input = texts.reduce((sum, text) => sum + text.length, 0)
  return { vectors: embeddings, usage: countedUsage({ inputTokens: tokens }, { input, output: 0 }) }
}

function isVectors(value: unknown): value is readonly (readonly number[])[] {
  const isVector = (each: unknown): boolean =>
    Array.isArray(each) && each.every((number) => typeof number === 'number')
  return Array.isArray(value) && value.every(isVector)
}
