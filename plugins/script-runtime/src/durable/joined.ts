import { isDeepStrictEqual } from 'node:util'
import { SpellError } from '@llmspell/sdk'
import type { RunId, RunPlugin, RunRequest, WorkflowExecutor } from '@llmspell/sdk'
import { begun, inputOfRun } from './begun.ts'

/** The same id is the same run: whoever asks for it again waits for it. */
export async function joined(
  executor: WorkflowExecutor,
  runId: RunId,
  { args = [], durable }: RunRequest,
  hash: string,
): Promise<void> {
  const row = await executor.get(runId)
  if (row && row.definition.hash !== hash) throw taken(runId, 'another script')
  const begin = await begun(executor, runId)
  const input = begin && (await inputOfRun(executor, begin))
  if (input && !isDeepStrictEqual(input['args'] ?? [], args))
    throw taken(runId, 'a run with other arguments')
  if (input && !isDeepStrictEqual(codeOf(input['plugins']), codeOf(durable?.plugins)))
    throw taken(runId, 'a run with other plugins')
  if (row?.endedAt === undefined) await executor.resume(runId)
}

/** What its plugins are, wherever they lie. */
function codeOf(plugins: unknown): readonly string[] {
  const all = (plugins ?? []) as readonly RunPlugin[]
  return all.map(({ id, hash }) => `${id} ${hash}`).sort()
}

function taken(runId: RunId, whose: string): SpellError {
  return new SpellError('INPUT_INVALID', `The run id '${runId}' belongs to ${whose}.`, {
    hint: 'Choose another id, or none.',
    details: { run_id: runId },
  })
}
