import type { LanguageModelV4File } from '@ai-sdk/provider'
import { SpellError } from '@llmspell/sdk'
import type { ModelChunk } from '@llmspell/sdk'

/** A picture or sound of an answer as bytes. @throws PROVIDER_FAILED for one that is only an address */
export function mediaOf({ mediaType: mime, data }: LanguageModelV4File): ModelChunk {
  if (data.type === 'data') return { type: 'media', mime, data: bytesOf(data.data) }
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(data.url.href) ?? []
  if (base64 !== undefined) return { type: 'media', mime, data: bytesOf(base64) }
  throw elsewhere(mime, data.url)
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : data
}

function elsewhere(mime: string, { origin }: URL): SpellError {
  const text = `A model answered with '${mime}' as an address: expected its bytes, found '${origin}'.`
  return new SpellError('PROVIDER_FAILED', text, {
    hint: 'Ask for the bytes, where the provider has a setting for that.',
    details: { kind: 'malformed', retryable: false },
  })
}
