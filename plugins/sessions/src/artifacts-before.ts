import { REF } from '@llmspell/sdk'
import type { ArtifactInfo, Json, JournalRecord, WorkflowExecutor } from '@llmspell/sdk'

const STORING: ReadonlySet<string> = new Set([
  'Artifact.save',
  'Artifact.store',
  'Artifact.store_file',
])

export interface Before {
  readonly run: string
  /** Number of the last record that counts. */
  readonly at: number
}

/** Of what a session holds: what a run had stored there by some record, and what is there still. */
export async function storedBefore(
  executor: WorkflowExecutor,
  { run, at }: Before,
  held: readonly ArtifactInfo[],
): Promise<readonly ArtifactInfo[]> {
  const own = held.filter((info) => info.run === run)
  if (own.length === 0) return []
  const stored = new Set<string>()
  for await (const record of executor.history(run))
    if (record.n <= at) stored.add(await placeIn(executor, record))
  return own.filter(({ id, sequence }) => stored.has(`${id} ${sequence}`))
}

/** Content and number of what the record says was stored. */
async function placeIn(
  { blobs }: Pick<WorkflowExecutor, 'blobs'>,
  record: JournalRecord,
): Promise<string> {
  if (record.kind !== 'call' || !STORING.has(record.name) || !record.settled.ok) return ''
  const { value } = record.settled
  const bytes = 'inline' in value ? undefined : await blobs.get(value.blob)
  const json = 'inline' in value ? value.inline : (JSON.parse(textOf(bytes)) as Json)
  const { id, sequence } = unmarked(json) as { readonly [key: string]: Json }
  return `${id as string} ${sequence as number}`
}

const textOf = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? []).toString() || '{}'

/** A step that has seen something says so around what it gave. */
function unmarked(json: Json): Json {
  const table = json as { readonly [key: string]: Json }
  return table[REF] === 'seen' ? table['value']! : json
}
