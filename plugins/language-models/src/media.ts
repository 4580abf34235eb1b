import type { LanguageModelV4File } from '@ai-sdk/provider'
import type { ModelChunk } from '@llmspell/sdk'

/** A picture or sound of an answer as bytes. @throws Error for one that is only an address: nobody may fetch it */
export function mediaOf({ mediaType: mime, data }: LanguageModelV4File): ModelChunk {
  if (data.type === 'data') return { type: 'media', mime, data: bytesOf(data.data) }
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(data.url.href) ?? []
  if (base64 !== undefined) return { type: 'media', mime, data: bytesOf(base64) }
  throw new Error(`'${mime}' as an address at '${data.url.origin}', expected its bytes`)
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : data
}
