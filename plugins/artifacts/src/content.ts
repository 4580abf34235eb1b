import type { Value } from '@llmspell/sdk'

export interface Encoded {
  readonly bytes: Uint8Array
  readonly mime: string
}

const JSON_TYPE = 'application/json'
const TEXT = /^text\/|^application\/(?:json|xml|javascript|yaml|toml)\b|\+(?:json|xml)\b/

/** Text and bytes as they are, any other value as JSON. */
export function encoded(content: Value): Encoded {
  if (typeof content === 'string')
    return { bytes: new TextEncoder().encode(content), mime: 'text/plain' }
  if (content instanceof Uint8Array) return { bytes: content, mime: 'application/octet-stream' }
  return { bytes: new TextEncoder().encode(JSON.stringify(content)), mime: JSON_TYPE }
}

export function isText(mime: string): boolean {
  return TEXT.test(mime)
}

/** What `encoded` was given; bytes where they are no text of their kind. */
export function decoded(bytes: Uint8Array, mime: string): Value {
  if (!isText(mime)) return bytes
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return mime === JSON_TYPE ? (JSON.parse(text) as Value) : text
  } catch {
    return bytes
  }
}
