/** What waits under a signal. One listener for all: each further one is compared with all before it. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

function waitersOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal)
  if (known) return known
  const stops = new Set<() => void>()
  waiting.set(signal, stops)
  const all = (): void => stops.forEach((stop) => stop())
  signal.addEventListener('abort', all, { once: true })
  return stops
}

/** Waits, in this process. @throws the reason of the signal */
export function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const stops = waitersOf(signal)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const done = (): void => {
      stops.delete(stop)
      resolve(undefined)
    }
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
    stops.add(stop)
    if (signal.aborted) stop()
  })
}
