import { isSpellError } from '@llmspell/sdk'
import type { RunRequest, Value } from '@llmspell/sdk'
import type { RunScope } from './scope.ts'
import type { HostedSession } from './transport/session.ts'

/** False where a durable run only leaves memory, and where one is replayed. */
export function isEnd({ life, signal }: RunScope): boolean {
  const left = isSpellError(signal.reason) && signal.reason.code === 'RUN_SUSPENDED'
  return !life || (!left && life.main.mode !== 'replay')
}

/** The script, and then what it asked to be done at the end, also where it failed. */
export async function toTheEnd(
  scope: RunScope,
  session: HostedSession,
  { source, file }: RunRequest,
): Promise<Value | undefined> {
  const ran = await session.run({ source, file }).then(
    (value) => ({ value, failures: [] as unknown[] }),
    (error: unknown) => ({ value: undefined, failures: [error] }),
  )
  const failures = [...ran.failures, ...(await scope.end(ran.failures[0]))]
  if (failures.length > 0) throw failures[0]
  return ran.value
}
