import type { Kernel } from '@llmspell/kernel'
import { isSpellError, SpellError } from '@llmspell/sdk'
import type { WorkflowExecutor } from '@llmspell/sdk'
import { counted } from '../print/counted.ts'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { readAnswer } from '../run/answer.ts'
import type { SessionInfo } from './service.ts'

/** Ids of the runs of a session that may go on. */
export async function unfinishedRuns(kernel: Kernel, session: SessionInfo): Promise<string[]> {
  const executor = await executorOf(kernel)
  if (!executor) return []
  const rows = await Promise.all(session.runs.map((run) => executor.get(run)))
  return rows.flatMap((row) => (row && row.endedAt === undefined ? [row.runId] : []))
}

/** Nothing where runs have no journals in this installation. */
async function executorOf(kernel: Kernel): Promise<WorkflowExecutor | undefined> {
  try {
    return await (await kernel.use('script-runtime')).executor()
  } catch (error) {
    if (isSpellError(error) && error.code === 'NOT_AVAILABLE') return undefined
    throw error
  }
}

export async function agreed({ id, name }: SessionInfo, runs: readonly string[]): Promise<boolean> {
  const text = `${counted(runs.length, 'run')} of ${id} did not end: ${runs.join(', ')}. `
  const called = name === undefined ? id : `${id} (${name})`
  const first = runs.length === 0 ? '' : text
  err(plain(`${first}Delete session ${called} with its state and its artifacts? [y/N] `))
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}

export function needsYes(id: string, runs: readonly string[]): SpellError {
  const text = `Session '${id}' was not deleted: expected no run that may go on, found ${runs.join(', ')}.`
  return new SpellError('FLAG_INVALID', text, {
    hint: 'Delete it all the same with --yes, or end its runs first: llmspell run cancel ID',
    details: { session: id, runs },
  })
}
