import { didYouMean, SpellError, type RunRow, type WorkflowExecutor } from '@llmspell/sdk'

const MOST_NAMED = 5

/**
 * A run by its id, or by a beginning that no other has.
 * @throws RUN_NOT_FOUND with the nearest id, RUN_AMBIGUOUS with those meant
 */
export async function findRun(
  executor: Pick<WorkflowExecutor, 'get' | 'list'>,
  given: string,
): Promise<RunRow> {
  const start = given.replace(/…$/, '')
  const exact = start === '' ? undefined : await executor.get(start)
  if (exact) return exact
  const all = await Array.fromAsync(executor.list({}))
  const [first, ...more] = start === '' ? [] : all.filter(({ runId }) => runId.startsWith(start))
  if (!first) throw unknown(given, all)
  if (more.length > 0) throw ambiguous(start, [first, ...more])
  return first
}

function unknown(given: string, all: readonly RunRow[]): SpellError {
  const ids = all.map(({ runId }) => runId)
  return new SpellError('RUN_NOT_FOUND', `Run '${given}' is not in the store.`, {
    hint: didYouMean(given, ids, 'See the runs with: llmspell run list'),
  })
}

function ambiguous(start: string, rows: readonly RunRow[]): SpellError {
  const ids = rows.map(({ runId }) => runId)
  const named = ids.slice(0, MOST_NAMED).map((id) => `'${id}'`)
  const more = ids.length > named.length ? ` and ${ids.length - named.length} more` : ''
  const text = `'${start}' is the beginning of ${ids.length} runs: ${named.join(', ')}${more}.`
  return new SpellError('RUN_AMBIGUOUS', text, {
    hint: 'Write more of the id.',
    details: { run_ids: ids.slice(0, 100) },
  })
}
