import { createHash } from 'node:crypto'
import { SESSION_COPIES } from '@llmspell/sdk'
import type {
  GrantChain,
  Json,
  JournalRecord,
  RunId,
  RunRow,
  WorkflowExecutor,
} from '@llmspell/sdk'
import type { ReplayOptions } from './types.ts'

/** Steps that ask a model. */
const MODEL = 'Provider.'

export interface Asked {
  readonly n: number
  readonly name: string
}

/** Number of the last record that answers a run which is answered whole; nothing where it did not come to its end. */
export async function lastAnswer(
  executor: WorkflowExecutor,
  { runId, status }: RunRow,
): Promise<number | undefined> {
  if (status !== 'succeeded') return undefined
  const records = await Array.fromAsync(executor.history(runId))
  return records.findLast(({ kind }) => kind !== 'end')?.n
}

/** The first record that a modified replay asks anew; nothing where it has none such. */
export async function firstAsked(
  executor: WorkflowExecutor,
  run: RunId,
  { model, changes = [] }: Pick<ReplayOptions, 'model' | 'changes'>,
): Promise<Asked | undefined> {
  const models = model !== undefined || changes.includes('model')
  const wanted = (name: string): boolean =>
    (models && name.startsWith(MODEL)) || changes.includes(name)
  const records = await Array.fromAsync(executor.history(run))
  const found = records.find((record) => record.kind === 'call' && wanted(record.name))
  if (found?.kind !== 'call') return undefined
  const { path, name } = found
  // Work made of steps is recorded behind them: it begins with the first.
  const n = records.find((record) => isWithin(record.path, path))?.n ?? found.n
  return { n, name }
}

const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}/`) || path.startsWith(`${outer}~`)

export interface Anew {
  readonly run: RunId
  /** Number of the last record that answers. */
  readonly at: number
  readonly model: string | undefined
  readonly grants: GrantChain
  /** Ids of a session and of the one that it works in instead. */
  readonly copy: readonly [of: string, id: string]
  /** The same for each try of one call. */
  readonly key: string
}

export function anewId(key: string, run: RunId): RunId {
  const hash = createHash('sha256').update(`${key}\n${run}`).digest('hex').slice(0, 16)
  return `replay-${hash}`
}

/** A run that is answered up to what is asked anew, and lives from there on under these grants alone. */
export async function begunAnew(
  executor: WorkflowExecutor,
  { run, at, model, grants, copy, key }: Anew,
): Promise<RunId> {
  const newRunId = anewId(key, run)
  if (await executor.get(newRunId)) return newRunId
  const input = await inputOf(executor, run)
  const settings = {
    ...(input['settings'] as object | undefined),
    ...(model ? { model } : {}),
    [SESSION_COPIES]: copiesOf(input['settings'], copy),
  }
  const rights = JSON.parse(JSON.stringify(grants)) as Json
  await executor.fork(run, {
    newRunId,
    at,
    input: { ...input, settings, grants: rights },
  })
  return newRunId
}

/** A run of a copy knows it by the id of the session that it was made of. */
function copiesOf(
  settings: Json | undefined,
  [of, id]: Anew['copy'],
): { readonly [id: string]: Json } {
  const before = (settings as { readonly [name: string]: Json } | undefined)?.[SESSION_COPIES] ?? {}
  const led = Object.entries(before).map(([from, to]) => [from, to === of ? id : (to as Json)])
  return { ...(Object.fromEntries(led) as { readonly [id: string]: Json }), [of]: id }
}

async function inputOf(
  executor: WorkflowExecutor,
  run: RunId,
): Promise<Readonly<Record<string, Json>>> {
  for await (const record of executor.history(run))
    if (record.kind === 'begin') return inputIn(executor, record)
  return {}
}

/** What a run was started with, wherever it lies. */
export async function inputIn(
  { blobs }: Pick<WorkflowExecutor, 'blobs'>,
  { input }: Extract<JournalRecord, { kind: 'begin' }>,
): Promise<Readonly<Record<string, Json>>> {
  if ('inline' in input) return input.inline as Readonly<Record<string, Json>>
  const bytes = await blobs.get(input.blob)
  return JSON.parse(Buffer.from(bytes ?? Buffer.from('{}')).toString()) as Readonly<
    Record<string, Json>
  >
}
