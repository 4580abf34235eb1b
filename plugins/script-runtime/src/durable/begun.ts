import type { Json, JournalRecord, RunId, Stored, Value, WorkflowExecutor } from '@llmspell/sdk'
import { fromJson } from './json.ts'

type Begin = Extract<JournalRecord, { kind: 'begin' }>

/** The first record of a run; undefined where there is no such run. */
export async function begun(executor: WorkflowExecutor, id: RunId): Promise<Begin | undefined> {
  if (!(await executor.get(id))) return undefined
  for await (const record of executor.history(id))
    return record.kind === 'begin' ? record : undefined
  return undefined
}

/** What a run was started with. */
export async function inputOfRun(
  { blobs }: WorkflowExecutor,
  { input }: Begin,
): Promise<Readonly<Record<string, Value | undefined>>> {
  return (fromJson(await valueOf(blobs, input)) ?? {}) as Record<string, Value | undefined>
}

async function valueOf(blobs: WorkflowExecutor['blobs'], stored: Stored): Promise<Json> {
  if ('inline' in stored) return stored.inline
  return JSON.parse(new TextDecoder().decode(await blobs.get(stored.blob))) as Json
}
