import type { LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider'
import type {
  Access,
  Http,
  Logger,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
  Provider,
  SpellError,
} from '@llmspell/sdk'
import { ChunkReader, chunksOf } from './chunks.ts'
import { cancelled, cutOff, failureOf } from './failures.ts'
import { languageModel } from './model.ts'
import { callOptions } from './prompt.ts'
import { readSettings } from './settings.ts'

/** Any server that speaks the wire protocol of OpenAI. One call is one attempt. */
export function openaiProvider(http: Http): Provider {
  return {
    generate: (model, request, options) => whole(http, model, request, options),
    stream: (model, request, options) => chunks(http, model, request, options),
  }
}

async function whole(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  { signal, logger, access }: ModelCallOptions,
): Promise<readonly ModelChunk[]> {
  try {
    const { doer, options } = await prepared(http, model, request, signal, access)
    const { content, finishReason, usage, warnings } = await doer.doGenerate(options)
    report(warnings, logger, model)
    return chunksOf(content, finishReason, usage)
  } catch (error) {
    throw refined(error, model, signal)
  }
}

async function prepared(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  signal: AbortSignal,
  access: Access | undefined,
) {
  if (signal.aborted) throw cancelled(model)
  const settings = readSettings(model, request)
  const doer = await languageModel(http, model, settings, access)
  return { doer, options: callOptions(request, settings.api, signal) }
}

async function* chunks(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  { signal, logger, access }: ModelCallOptions,
): AsyncGenerator<ModelChunk> {
  const reader = new ChunkReader()
  const own = new AbortController()
  try {
    const both = AbortSignal.any([signal, own.signal])
    const { doer, options } = await prepared(http, model, request, both, access)
    const { stream } = await doer.doStream(options)
    for await (const part of stream) {
      if (signal.aborted) throw cancelled(model)
      if (part.type === 'stream-start') report(part.warnings, logger, model)
      yield* accepted(part, reader, model)
    }
    if (signal.aborted) throw cancelled(model)
  } catch (error) {
    throw refined(error, model, signal, reader.partial)
  } finally {
    // A reader that leaves early frees the connection.
    own.abort()
  }
}

function accepted(
  part: LanguageModelV4StreamPart,
  reader: ChunkReader,
  model: ModelSettings,
): readonly ModelChunk[] {
  if (part.type === 'error') throw failureOf(part.error, model, reader.partial)
  if (part.type === 'finish' && part.finishReason.unified === 'interrupted')
    throw cutOff(model, reader.partial)
  return reader.read(part)
}

function refined(
  error: unknown,
  model: ModelSettings,
  signal: AbortSignal,
  partial = '',
): SpellError {
  return signal.aborted ? cancelled(model) : failureOf(error, model, partial)
}

/** What the SDK leaves out of a request is said, not swallowed. */
function report(warnings: readonly SharedV4Warning[], logger: Logger, model: ModelSettings): void {
  for (const warning of warnings) {
    const what = 'feature' in warning ? warning.feature : 'request'
    const why =
      'details' in warning && warning.details
        ? warning.details
        : 'message' in warning
          ? warning.message
          : warning.type
    logger.warn(`Model '${model.provider}/${model.model}', ${what}: ${why}`)
  }
}
