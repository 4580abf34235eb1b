import type { Json, RunRow, WorkflowExecutor } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { ProgressLine } from '../print/progress.ts'
import { answer } from '../run/ask.ts'

/** Asks the person at the terminal what a run waits for, and hands it on. @returns false where nobody answered */
export async function takeAnswer(
  executor: WorkflowExecutor,
  { runId, waiting }: RunRow,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<boolean> {
  const name = waiting?.name
  if (name === undefined) return false
  const text = `The run waits for signal '${plain(name)}'. Its value, as JSON or text? (Ctrl-C leaves the run)`
  const given = await answer({ text }, signal, line)
  if (typeof given !== 'string') return false
  await sendSignal(executor, runId, name, jsonOrText(given))
  return true
}

/** What is no JSON is text. */
export function jsonOrText(given: string): Json {
  try {
    return JSON.parse(given) as Json
  } catch {
    return given
  }
}

/** One signal, with an id of its own. */
export function sendSignal(
  executor: WorkflowExecutor,
  runId: string,
  name: string,
  payload: Json,
  signalId = crypto.randomUUID() as string,
): Promise<'accepted' | 'duplicate' | 'ended'> {
  return executor.signal(runId, { name, signalId, payload, by: 'terminal' })
}
