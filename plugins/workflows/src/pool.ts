import type { Stop } from './stop.ts'

type Job = () => Promise<void>

/**
 * Runs jobs, a bounded number at a time; the next is asked for when there is room. The first failure ends the others,
 * and all have ended when it is thrown.
 */
export async function pooled(
  limit: number,
  stop: Stop,
  next: () => Promise<Job | undefined>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    stop.end(error)
  }
  try {
    while (!failure) {
      const job = await next()
      if (!job || failure) break
      const run: Promise<void> = job()
        .catch(fail)
        .finally(() => running.delete(run))
      running.add(run)
      if (running.size >= limit) await Promise.race(running)
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(running)
  if (failure) throw failure.error
}
