import { now } from '@llmspell/sdk'
/** One time limit that is running. */
export interface Limit {
  /** On the clock of `now()`. */
  readonly deadline: number
  readonly expire: () => void
}

const running = new Set<Limit>()
let timer: NodeJS.Timeout | undefined
let due = Infinity
let maker: typeof setTimeout | undefined

/** Number of time limits that are running. */
export function armedLimits(): number {
  return running.size
}

/**
 * Starts a limit. All limits share one timer, because making one for each would cost more than most
 * of the work that they limit. The timer keeps the process alive only while a limit is running.
 * @param ms milliseconds
 */
export function startLimit(ms: number, expire: () => void): Limit {
  const limit = { deadline: now() + ms, expire }
  if (running.size === 0) timer?.ref()
  running.add(limit)
  // A test may have replaced the clock: a timer of the old one might never fire.
  if (limit.deadline < due || maker !== setTimeout) arm(limit.deadline)
  return limit
}

/** Ends a limit. Safe to call twice. */
export function stopLimit(limit: Limit): void {
  if (running.delete(limit) && running.size === 0) timer?.unref()
}

function arm(deadline: number): void {
  if (maker === setTimeout) clearTimeout(timer)
  maker = setTimeout
  due = deadline
  timer = setTimeout(tick, Math.max(1, deadline - now()))
}

function tick(): void {
  timer = undefined
  due = Infinity
  // Timers may come a fraction of a millisecond early.
  const moment = now() + 1
  for (const limit of running) {
    if (limit.deadline > moment) continue
    running.delete(limit)
    limit.expire()
  }
  const next = Math.min(...Array.from(running, (limit) => limit.deadline))
  if (running.size > 0) arm(next)
}
