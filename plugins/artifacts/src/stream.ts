import { SpellError, VALUE_LIMITS } from '@llmspell/sdk'
import type { ArtifactInfo, Value } from '@llmspell/sdk'
import { isText } from './content.ts'
import type { Store } from './store.ts'

/** Room for what stands beside the content in one call. */
const BESIDE = 64 * 1024

/** @throws VALUE_TOO_LARGE where one call cannot carry it */
export async function wholeOf(
  store: Store,
  { id, name, bytes }: ArtifactInfo,
): Promise<Uint8Array> {
  const most = VALUE_LIMITS.bytes - BESIDE
  if (bytes > most) throw tooLarge(name, bytes, most)
  const all = new Uint8Array(bytes)
  let at = 0
  for await (const piece of store.read(id)) {
    all.set(piece, at)
    at += piece.byteLength
  }
  return all
}

/** Text as `text`, anything else as bytes in `data`; no character is split. */
export async function* chunksOf(
  store: Store,
  { id, mime }: ArtifactInfo,
): AsyncGenerator<Value, void> {
  const decoder = isText(mime) ? new TextDecoder('utf-8', { ignoreBOM: true }) : undefined
  for await (const piece of store.read(id)) {
    if (decoder) yield { type: 'text', text: decoder.decode(piece, { stream: true }) }
    else yield { type: 'data', text: '', data: piece }
  }
  const rest = decoder?.decode() ?? ''
  if (rest !== '') yield { type: 'text', text: rest }
}

function tooLarge(name: string, bytes: number, most: number): SpellError {
  const message = `Artifact '${name}' is too large for one call: expected at most ${most} bytes, found ${bytes}.`
  return new SpellError('VALUE_TOO_LARGE', message, {
    hint: 'Read it in parts with Artifact.stream(id), or write it to a file with Artifact.export(id, path).',
    details: { bytes, most },
  })
}
