import { withoutSecrets } from '@llmspell/sdk'
import type { Json, JournalRecord, RunRow, WorkflowExecutor } from '@llmspell/sdk'
import { inputIn } from '../anew.ts'
import type { Item, RecordBody, RunHead } from './format.ts'

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])
/** Rights stay where they were given. */
const NO_GRANTS = [{ holder: 'import', allow: {} }]

/** A run of a session and its records, without rights and without secrets of its command line. */
export async function* runItems(
  executor: WorkflowExecutor,
  row: RunRow,
  session: string,
): AsyncGenerator<Item> {
  yield { kind: 'run', run: headOf(row) }
  let place = 0
  for await (const record of executor.history(row.runId))
    yield { kind: 'record', body: stripped(await bodyOf(executor, record, place++), session) }
}

/** Large values that a run names, and the text of its script. */
export async function blobsOf(executor: WorkflowExecutor, row: RunRow): Promise<Set<string>> {
  const hashes = new Set([row.definition.hash])
  for await (const item of runItems(executor, row, ''))
    if (item.kind === 'record') for (const hash of blobsIn(item.body)) hashes.add(hash)
  return hashes
}

/** Hashes of the large values in it. */
export function blobsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { blob, bytes, inline } = value as { blob?: unknown; bytes?: unknown; inline?: unknown }
  if (inline !== undefined) return []
  if (typeof blob === 'string' && typeof bytes === 'number') return [blob]
  return Object.values(value).flatMap(blobsIn)
}

function headOf({
  runId,
  status,
  reason,
  definition,
  labels,
  createdAt,
  endedAt,
}: RunRow): RunHead {
  const ended = FINAL.has(status) && endedAt !== undefined
  return {
    runId,
    status: ended ? status : 'paused',
    definition,
    createdAt,
    ...(labels ? { labels } : {}),
    ...(ended ? { endedAt, ...(reason ? { reason } : {}) } : {}),
  }
}

/** As another store takes it: what ties it to its place is made there. */
async function bodyOf(
  executor: WorkflowExecutor,
  record: JournalRecord,
  place: number,
): Promise<RecordBody> {
  const { v: _v, n: _n, prev: _prev, ...body } = record
  if (body.kind === 'begin') return withoutRights(executor, record)
  if (body.kind === 'pruned') return { ...body, from: place, last: '' }
  return (body.kind === 'intent' ? { ...body, process: 'elsewhere' } : body) as RecordBody
}

async function withoutRights(
  executor: WorkflowExecutor,
  record: JournalRecord,
): Promise<RecordBody> {
  const begin = record as Extract<JournalRecord, { kind: 'begin' }>
  const input = { ...(await inputIn(executor, begin)), grants: NO_GRANTS as unknown as Json }
  const {
    v: _v,
    n: _n,
    prev: _prev,
    ...body
  } = withoutSecrets({ ...begin, input: { inline: input } })
  return body as RecordBody
}

/**
 * What a file and an import keep of a record, whoever wrote it: a run has no rights of its own there, and the session that it
 * was begun in is the one that it comes with. No record but the first holds its id, so that all others answer as before.
 */
export function stripped(body: RecordBody, session: string): RecordBody {
  if (body.kind !== 'begin') return body
  const { settings, ...input } = inputOf(body)
  const kept = isInSession(settings) ? { ...settings, session } : settings
  const grants = NO_GRANTS as unknown as Json
  const inline = { ...input, ...(kept === undefined ? {} : { settings: kept }), grants }
  return { ...body, input: { inline } }
}

/** The session that a run is begun in, where one is named. */
export function sessionOf(body: RecordBody): unknown {
  const settings = body.kind === 'begin' ? inputOf(body)['settings'] : undefined
  return isInSession(settings) ? settings['session'] : undefined
}

function inputOf({ input }: Extract<RecordBody, { kind: 'begin' }>) {
  return ('inline' in input ? input.inline : {}) as { readonly [key: string]: Json }
}

function isInSession(settings: Json | undefined): settings is { readonly [key: string]: Json } {
  return typeof settings === 'object' && settings !== null && 'session' in settings
}
