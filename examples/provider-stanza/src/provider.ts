import type {
  Http,
  ModelCallOptions,
  ModelChunk,
  ModelItem,
  ModelRequest,
  ModelSettings,
  Provider,
} from '@llmspell/sdk'
import { Chunks } from './chunks.ts'
import { ask } from './client.ts'
import { eventsIn, objectIn } from './events.ts'
import { cancelled, cutOff, told } from './failures.ts'
import { verseOf } from './verse.ts'

/** Models of the (imaginary) service Stanza, which answers with server-sent events. */
export function stanza(http: Http): Provider {
  return {
    generate: (model, request, options) => Array.fromAsync(answer(http, model, request, options)),
    stream: (model, request, options) => answer(http, model, request, options),
    models: (model, options) => poets(http, model, options),
  }
}

async function* answer(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  options: ModelCallOptions,
): AsyncGenerator<ModelChunk> {
  if (options.signal.aborted) throw cancelled(model)
  const seen = { begun: false, partial: '' }
  try {
    await using response = await ask(http, model, options, '/verses', verseOf(model, request))
    seen.begun = true
    const chunks = new Chunks(model)
    for await (const event of eventsIn(response.body, model)) {
      options.alive?.()
      const chunk = chunks.of(event)
      if (chunk?.type === 'text') seen.partial += chunk.text
      if (chunk) yield chunk
      if (chunk?.type === 'finish') return
    }
    throw cutOff(model)
  } catch (error) {
    throw told(error, model, options.signal, seen)
  }
}

async function poets(
  http: Http,
  model: ModelSettings,
  options: ModelCallOptions,
): Promise<readonly ModelItem[]> {
  try {
    await using response = await ask(http, model, options, '/poets')
    const text = await response.text()
    const { poets: all = [] } = objectIn(text, text, model) as { readonly poets?: readonly Poet[] }
    return all.map(({ name, window }) => ({ id: name, context: window }))
  } catch (error) {
    throw told(error, model, options.signal, { begun: false, partial: '' })
  }
}

interface Poet {
  readonly name: string
  readonly window: number
}
