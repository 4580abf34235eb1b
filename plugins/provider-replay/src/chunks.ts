import type { ModelChunk } from '@llmspell/sdk'
import { fileOf, withoutBytes } from './bytes.ts'
import type { Sidecar } from './bytes.ts'
import type { JsonTable } from './json.ts'

/** A chunk as a cassette has it: bytes lie beside it. */
export function tapedChunk(chunk: object, sidecar: Sidecar): JsonTable {
  return withoutBytes(chunk, sidecar) as JsonTable
}

/** The chunk as the provider gave it. @param read content of a file beside the cassette */
export async function liveChunk(
  taped: JsonTable,
  read: (file: string, hash: string) => Promise<Uint8Array>,
): Promise<ModelChunk> {
  if (taped['type'] !== 'media') return taped as unknown as ModelChunk
  const { sha256 } = taped['data'] as { readonly sha256: string }
  const mime = taped['mime'] as string
  return { type: 'media', mime, data: await read(fileOf(sha256, mime), sha256) }
}
