import type { Kernel } from '@llmspell/kernel'
import { isSpellError, type RunRequest, type RunResult } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { findSession } from './find.ts'
import { sessionsIn } from './service.ts'

type Run = (request: RunRequest) => Promise<RunResult>

/** The run only leaves memory, or a person has ended it. */
const NO_FAILURES: ReadonlySet<string> = new Set([
  'RUN_WAITING',
  'RUN_SUSPENDED',
  'RUN_PAUSED',
  'RESUME_UNCERTAIN',
  'CANCELLED',
])

/** Runs it in a session, which is told how it ended. @throws SESSION_NOT_FOUND, SESSION_ENDED, what `run` throws */
export async function withinSession(
  kernel: Kernel,
  given: string,
  request: RunRequest,
  run: Run,
): Promise<RunResult> {
  const sessions = await sessionsIn(kernel)
  const { id, status } = await findSession(sessions, given)
  const durable = request.durable?.runId
  await sessions.enter(id, durable)
  if (status === 'suspended') err(`note: session ${plain(id)} was suspended and is active again\n`)
  try {
    const result = await run({ ...request, settings: { ...request.settings, session: id } })
    await sessions.leave(id, { runId: result.runId, failed: false })
    return result
  } catch (error) {
    const failed = !isSpellError(error) || !NO_FAILURES.has(error.code)
    await sessions.leave(id, { ...(durable === undefined ? {} : { runId: durable }), failed })
    throw error
  }
}
