import type { Worker } from 'node:worker_threads'

const EVERY_MS = 10
/** Above this part of the limit a thread ends at once; below it, what is over may be garbage for a moment. */
const AT_ONCE = 1.25
const MOMENT_MS = 250

/**
 * Watches the memory of a busy thread from outside, because `resourceLimits` knows nothing of what buffers hold.
 *
 * @param limit base: bytes of the thread before it had work
 * @returns a function that ends the watch
 */
export function watchMemory(
  worker: Worker,
  limit: { readonly base: number; readonly bytes: number },
  exceeded: () => void,
): () => void {
  let since: number | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const isOver = (bytes: number): boolean => {
    if (bytes <= limit.bytes) since = undefined
    else since ??= performance.now()
    if (since === undefined) return false
    return bytes > limit.bytes * AT_ONCE || performance.now() - since > MOMENT_MS
  }
  const read = async (): Promise<void> => {
    // A thread that has ended has no figures.
    const stats = await worker.getHeapStatistics().catch(() => undefined)
    if (!stats || stopped) return
    if (isOver(stats.used_heap_size + stats.external_memory - limit.base)) exceeded()
    else later()
  }
  const later = (): void => {
    timer = setTimeout(() => void read(), EVERY_MS).unref()
  }
  later()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
