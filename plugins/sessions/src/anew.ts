import { createHash } from 'node:crypto'
import { SESSION_COPIES } from '@llmspell/sdk'
import type { GrantChain, Json, JournalRecord, RunId, WorkflowExecutor } from '@llmspell/sdk'
import type { ReplayOptions } from './types.ts'

/** Steps that ask a model. */
const MODEL = 'Provider.'

export interface Asked {
  readonly n: number
  readonly name: string
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
  readonly asked: Asked
  readonly model: string | undefined
  readonly grants: GrantChain
  /** Ids of a session and of the one that it works in instead. */
  readonly copy: readonly [of: string, id: string]
  /** The same for each try of one call. */
  readonly key: string
}

/** A run that is answered up to what is asked anew, and lives from there on under these grants alone. */
export async function begunAnew(
  executor: WorkflowExecutor,
  { run, asked, model, grants, copy, key }: Anew,
): Promise<RunId> {
  const hash = createHash('sha256').update(`${key}\n${run}`).digest('hex').slice(0, 16)
  const newRunId = `replay-${hash}`
  if (await executor.get(newRunId)) return newRunId
  const input = await inputOf(executor, run)
  const settings = {
    ...(input['settings'] as object | undefined),
    ...(model ? { model } : {}),
    [SESSION_COPIES]: Object.fromEntries([copy]),
  }
  const rights = JSON.parse(JSON.stringify(grants)) as Json
  await executor.fork(run, {
    newRunId,
    at: asked.n - 1,
    input: { ...input, settings, grants: rights },
  })
  return newRunId
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
