import type { LanguageModelV4FilePart, LanguageModelV4TextPart } from '@ai-sdk/provider'
import type { MessagePart } from '@llmspell/sdk'

type FilePart = Extract<MessagePart, { readonly type: 'file' }>

const ADDRESS = /^https?:\/\//

/** Text is put into the prompt; other files go as bytes, base64, or the address the server shall fetch. */
export function fileOf({
  mime,
  data,
  name,
}: FilePart): LanguageModelV4TextPart | LanguageModelV4FilePart {
  const named = name === undefined ? {} : { filename: name }
  if (typeof data === 'string' && ADDRESS.test(data))
    return { type: 'file', mediaType: mime, ...named, data: { type: 'url', url: new URL(data) } }
  if (mime.startsWith('text/')) return { type: 'text', text: decoded(data) }
  const bytes = typeof data === 'string' ? withoutPrefix(data) : data
  return { type: 'file', mediaType: mime, ...named, data: { type: 'data', data: bytes } }
}

function decoded(data: Uint8Array | string): string {
  return typeof data === 'string'
    ? Buffer.from(withoutPrefix(data), 'base64').toString()
    : new TextDecoder().decode(data)
}

function withoutPrefix(data: string): string {
  return data.replace(/^data:[^,]*,/, '')
}
