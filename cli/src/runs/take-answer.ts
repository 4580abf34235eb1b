import type { Json, RunRow, WorkflowExecutor } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { ProgressLine } from '../print/progress.ts'
import { answer } from '../run/ask.ts'
import { answerValue } from '../run/answer-value.ts'

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
  const schema = waiting?.schema
  const given = await answer({ text, ...(schema ? { schema } : {}) }, signal, line)
  if (given === undefined) return false
  const payload = schema || typeof given !== 'string' ? given : jsonOrText(given)
  await sendSignal(executor, runId, name, payload)
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

/** What a text means for a signal: as the wait wants it, where it says so. */
export function payloadOf(text: string, schema: object | undefined): Json {
  return schema ? answerValue(schema, text) : jsonOrText(text)
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
