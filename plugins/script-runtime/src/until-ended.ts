import type { RunScope } from './scope.ts'
import type { HostedSession } from './transport/session.ts'

/** The script's own end, or the reason it was ended for. */
export async function untilEnded<T>(
  scope: RunScope,
  session: HostedSession,
  running: Promise<T>,
): Promise<T> {
  const ended = Promise.withResolvers<never>()
  const stop = (): void => {
    session.kill()
    ended.reject(scope.signal.reason)
  }
  if (scope.signal.aborted) stop()
  scope.signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([running, ended.promise])
  } finally {
    scope.signal.removeEventListener('abort', stop)
    ended.promise.catch(() => {})
  }
}
