import { AsyncLocalStorage } from 'node:async_hooks'
import { isSpellError, printable, SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { FAILURES_IN_A_ROW } from './registration.ts'
import type { Registration } from './registration.ts'

/** Calls of one hook that may wait at a time: more than that only a hook that meets itself comes to. */
const MOST_RUNNING = 256

/** Characters of what a hook failed with. */
const LONGEST = 500

const inside = new AsyncLocalStorage<ReadonlySet<Registration>>()

/** True for what the hook itself does, however deep: it does not see its own calls. */
export function isOwnDoing(hook: Registration): boolean {
  return inside.getStore()?.has(hook) ?? false
}

/** Whatever is kept for later runs as deep as it was kept. */
export function sameDepth<T>(): (fn: () => T) => T {
  return AsyncLocalStorage.snapshot()
}

/**
 * Calls the function of a hook.
 * @throws HOOK_FAILED naming the hook and its place, TIMEOUT inside of it
 */
export async function call(hook: Registration, context: Value): Promise<Value> {
  if (hook.running >= MOST_RUNNING) throw failed(hook, tooMany())
  const deeper = new Set([...(inside.getStore() ?? []), hook])
  hook.calls++
  hook.running++
  try {
    return await inside.run(deeper, () => limited(hook, hook.fn(context)))
  } catch (error) {
    throw failed(hook, error)
  } finally {
    hook.running--
  }
}

/** A hook that answers later than its limit is not heard. */
async function limited(hook: Registration, answer: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(timedOut(hook.timeoutMs))
    hook.owner.late?.()
  }, hook.timeoutMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
    answer.catch(() => {})
  }
}

function timedOut(ms: number): SpellError {
  return new SpellError('TIMEOUT', `it did not answer in ${ms} ms`, { details: { limit: ms } })
}

function tooMany(): SpellError {
  return new SpellError('TIMEOUT', `${MOST_RUNNING} calls of it are waiting`)
}

function failed(hook: Registration, error: unknown): SpellError {
  const where = isSpellError(error) ? error.where : undefined
  const place = printable(where ? `${where.file}:${where.line}` : hook.owner.file)
  const said = printable(error instanceof Error ? error.message : String(error), LONGEST)
  const text = `Hook '${hook.id}' of ${place} failed at '${hook.named}': ${said}`
  const message = /[.!?]$/.test(text) ? text : `${text}.`
  const code =
    isSpellError(error) && error.code === 'HOOK_RESULT_INVALID' ? error.code : 'HOOK_FAILED'
  const hint = isSpellError(error) ? error.hint : undefined
  return new SpellError(code, message, {
    hint: hint ?? 'Correct or unregister the hook.',
    where,
    cause: error,
  })
}

/** Counts what became of a call. True where the hook is to be switched off. */
export function note(hook: Registration, error?: SpellError): boolean {
  if (!error) {
    hook.failuresInARow = 0
    return false
  }
  hook.failures++
  hook.failuresInARow++
  const last = hook.failuresInARow === FAILURES_IN_A_ROW
  const off = last && hook.point.open
  // A hook that fails without end does not fill the log as well.
  if (hook.failuresInARow > FAILURES_IN_A_ROW) return false
  const rest = off ? ' It is switched off.' : ' What follows is not logged.'
  hook.owner.log({ level: 'warn', message: last ? `${error.message}${rest}` : error.message })
  return off
}

/** The failure of a hook, whatever it was. */
export function asFailure(hook: Registration, error: unknown): SpellError {
  const known = isSpellError(error) && error.message.startsWith(`Hook '${hook.id}' of`)
  return known ? error : failed(hook, error)
}
