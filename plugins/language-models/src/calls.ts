import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ModelChunk, ModelRequest, ModelSettings, SpellError } from '@llmspell/sdk'
import { addedFields } from './body.ts'
import { ChunkReader, chunksOf } from './chunks.ts'
import { cancelled, cutOff, failureOf } from './failures.ts'
import { fetchOf } from './fetch.ts'
import { addressOf } from './line.ts'
import type { Line } from './line.ts'
import { callOptions } from './prompt.ts'
import { isStrict } from './strict.ts'
import { report, reportLacks } from './warnings.ts'
import { isAnswer, withheld } from './withheld.ts'

/** A whole answer. One call is one attempt. */
export async function whole(line: Line, request: ModelRequest): Promise<readonly ModelChunk[]> {
  const { model, options: given } = line
  try {
    const { doer, options } = await prepared(line, request, given.signal)
    const { content, finishReason, usage, warnings } = await doer.doGenerate(options)
    report(warnings, given.logger, model)
    const chunks = chunksOf(content, finishReason, usage, request)
    const nothing = chunks.some(isAnswer) ? undefined : withheld(finishReason, model)
    if (nothing) throw nothing
    return chunks
  } catch (error) {
    throw refined(error, line)
  }
}

/** An answer as it comes. One call is one attempt. */
export async function* streamed(line: Line, request: ModelRequest): AsyncGenerator<ModelChunk> {
  const { signal, logger, alive } = line.options
  const reader = new ChunkReader(request)
  const own = new AbortController()
  try {
    const { doer, options } = await prepared(line, request, AbortSignal.any([signal, own.signal]))
    const { stream } = await doer.doStream(options)
    for await (const part of stream) {
      if (signal.aborted) throw cancelled(line.model)
      if (part.type === 'stream-start') report(part.warnings, logger, line.model)
      const chunks = accepted(part, reader, line)
      if (chunks.length === 0 && part.type !== 'stream-start') alive?.()
      yield* chunks
    }
    if (signal.aborted) throw cancelled(line.model)
  } catch (error) {
    throw refined(error, line, reader.partial)
  } finally {
    // A reader that leaves early frees the connection.
    own.abort()
  }
}

async function prepared(line: Line, request: ModelRequest, signal: AbortSignal) {
  const { rules, model } = line
  if (signal.aborted) throw cancelled(model)
  const at: ModelSettings & { readonly baseUrl: string } = { ...model, baseUrl: addressOf(line) }
  const fields = rules.body ? rules.body(model) : (model.settings ?? {})
  const fetch = fetchOf(line, addedFields(fields, model))
  const doer = (await rules.create(at, request, fetch)) as LanguageModelV4
  const name = doer.provider.split('.')[0]!
  reportLacks(line, request)
  const own = rules.options?.(request, model, isStrict(request.schema)) ?? {}
  return { doer, options: callOptions(request, { name, own, lacks: rules.lacks ?? [] }, signal) }
}

function accepted(
  part: LanguageModelV4StreamPart,
  reader: ChunkReader,
  { model, rules }: Line,
): readonly ModelChunk[] {
  if (part.type === 'error') throw failureOf(part.error, model, rules, reader.partial)
  if (part.type === 'finish' && part.finishReason.unified === 'interrupted')
    throw cutOff(model, reader.partial)
  const chunks = reader.read(part)
  const nothing =
    part.type === 'finish' && !reader.answered ? withheld(part.finishReason, model) : undefined
  if (nothing) throw nothing
  return chunks
}

function refined(error: unknown, { model, rules, options }: Line, partial = ''): SpellError {
  return options.signal.aborted ? cancelled(model) : failureOf(error, model, rules, partial)
}
