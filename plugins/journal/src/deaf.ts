import type { Json } from '@llmspell/sdk'
import type { StepAsk } from './step-ask.ts'

/** What comes of the work; its cancellation, where it does not end soon after that. */
export async function heard(ask: StepAsk, working: Promise<Json | void>): Promise<Json | void> {
  const { signal } = ask
  if (ask.endsByItself) return working
  const deaf = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const giveUp = (): void => {
    if (!ask.life.closed) tell(ask, working)
    deaf.reject(signal.reason)
  }
  const wait = (): void => void (timer = setTimeout(giveUp, ask.life.lent.graceMs))
  if (signal.aborted) wait()
  else signal.addEventListener('abort', wait, { once: true })
  try {
    return await Promise.race([working, deaf.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', wait)
  }
}

function tell({ life, name, path }: StepAsk, working: Promise<unknown>): void {
  const { graceMs } = life.lent
  const step = `Step '${name}' at '${path}' of run '${life.row.runId}'`
  life.logger.warn(
    `${step} did not end within ${graceMs} ms of its cancellation: it is left alone.`,
  )
  working.then(
    () => life.logger.warn(`${step} has ended by now: what came of it is dropped.`),
    () => {},
  )
}
