import type { Subscription } from '@llmspell/sdk'
import type { Listener } from './listener.ts'

/** A listener as its owner holds it. */
export function subscriptionOf(listener: Listener, signal?: AbortSignal): Subscription {
  const close = (): void => {
    signal?.removeEventListener('abort', close)
    listener.close()
  }
  if (signal?.aborted) close()
  signal?.addEventListener('abort', close, { once: true })
  return {
    id: listener.parts.id,
    pattern: listener.parts.pattern,
    next: (timeoutMs) => listener.next(timeoutMs),
    info: () => listener.info(),
    close,
    [Symbol.asyncIterator]: () => ({
      async next() {
        const value = await listener.next()
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      async return() {
        close()
        return { done: true, value: undefined }
      },
    }),
  }
}
