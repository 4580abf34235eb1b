import assert from 'node:assert/strict'

/** Milliseconds in which a tap answers a payload that asks for no work; less where it says so itself. */
const SETTLES_WITHIN = 5_000

/** What taps answer, or an AssertionError where that takes too long. @param timeout what they say themselves */
export async function within(
  { timeout = SETTLES_WITHIN }: { readonly timeout?: number | undefined },
  work: unknown,
): Promise<unknown> {
  const limit = Math.min(timeout, SETTLES_WITHIN)
  const late = Promise.withResolvers<never>()
  const failure = new assert.AssertionError({ message: `no answer within ${limit} ms` })
  const timer = setTimeout(() => late.reject(failure), limit)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
