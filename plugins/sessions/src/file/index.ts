import type { Artifacts, ScriptRuntime, WorkflowExecutor } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import type { SessionStore } from '../store.ts'
import type { ImportedSession, SessionInfo } from '../types.ts'
import { apply } from './apply.ts'
import { checked } from './check.ts'
import { packed } from './write.ts'
import type { Sources } from './write.ts'

export interface FileParts {
  readonly store: SessionStore
  readonly artifacts: Artifacts | undefined
  readonly runtime: ScriptRuntime | undefined
}

/** Sessions as files. */
export async function* exported(
  parts: FileParts,
  session: SessionInfo,
): AsyncGenerator<Uint8Array, void> {
  yield* packed(await sourcesOf(parts), session)
}

/** @param open the file from its beginning; it is read twice */
export async function imported(
  parts: FileParts,
  open: () => AsyncIterable<Uint8Array>,
  as: string | undefined,
): Promise<ImportedSession> {
  const sources = await sourcesOf(parts)
  const found = await checked(sources, open(), as)
  await apply(sources, open(), found)
  return { session: found.info, ...found.counts }
}

async function sourcesOf({ store, artifacts, runtime }: FileParts): Promise<Sources> {
  return { store, artifacts, executor: await executorOf(runtime) }
}

async function executorOf(
  runtime: ScriptRuntime | undefined,
): Promise<WorkflowExecutor | undefined> {
  try {
    return await runtime?.executor()
  } catch (error) {
    if (isSpellError(error) && error.code === 'NOT_AVAILABLE') return undefined
    throw error
  }
}
