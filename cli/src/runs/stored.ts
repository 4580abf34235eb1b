import type { BlobStore, Json, JournalRecord, RunPlugin, Settled, Stored } from '@llmspell/sdk'

/** A value as far as it is at hand: what lies in a blob is told by its size. */
export type Shown = { readonly value: Json } | { readonly bytes: number }

export function shownOf(stored: Stored): Shown {
  return 'inline' in stored ? { value: stored.inline } : { bytes: stored.bytes }
}

/** The value itself, read from its blob where it lies in one. */
export async function loaded(blobs: BlobStore, stored: Stored): Promise<Stored> {
  if ('inline' in stored) return stored
  const bytes = await blobs.get(stored.blob)
  return bytes === undefined ? stored : { inline: asJson(bytes) }
}

/** The plugins of one file that stand in what a run was started with, as far as that is at hand. */
export function pluginsIn(input: Stored): readonly RunPlugin[] {
  const given = 'inline' in input ? input.inline : null
  return (given as { readonly plugins?: readonly RunPlugin[] } | null)?.plugins ?? []
}

function asJson(bytes: Uint8Array): Json {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** The record with every value in it, wherever it lay. */
export async function wholeRecord(blobs: BlobStore, record: JournalRecord): Promise<JournalRecord> {
  const entries = Object.entries(record).map(
    async ([key, value]) => [key, await whole(blobs, value)] as const,
  )
  return Object.fromEntries(await Promise.all(entries)) as unknown as JournalRecord
}

async function whole(blobs: BlobStore, value: unknown): Promise<unknown> {
  if (isStored(value)) return loaded(blobs, value)
  if (isSettled(value) && value.ok) return { ok: true, value: await loaded(blobs, value.value) }
  return value
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  return 'inline' in value || ('blob' in value && 'bytes' in value)
}

function isSettled(value: unknown): value is Settled {
  return typeof value === 'object' && value !== null && 'ok' in value
}

/** The blobs that a record names, by hash. */
export function blobsOf(record: JournalRecord): string[] {
  const stored = Object.values(record).flatMap((value: unknown) => {
    if (isStored(value)) return [value]
    return isSettled(value) && value.ok ? [value.value] : []
  })
  return stored.flatMap((one) => ('blob' in one ? [one.blob] : []))
}
