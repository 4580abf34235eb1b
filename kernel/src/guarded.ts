import { AsyncLocalStorage } from 'node:async_hooks'
import {
  isPluginError,
  isSpellError,
  type Awaitable,
  type PluginError,
  type Step,
} from '@llmspell/sdk'
import { failure, type KernelCode } from './codes.ts'
import { startLimit, stopLimit } from './limits.ts'

/** Whose code is running, and in which step. */
export interface Frame {
  readonly owner: string
  readonly step: Step
  /** The plugin in whose activation this runs, however deep. */
  readonly activation: string | undefined
  /** The last verb that the code called, for the text of a timeout. */
  last: string | undefined
}

const frames = new AsyncLocalStorage<Frame>()

const CODES: Readonly<Record<Step, KernelCode>> = {
  discover: 'MANIFEST_INVALID',
  resolve: 'MANIFEST_INVALID',
  load: 'PLUGIN_LOAD',
  config: 'CONFIG_INVALID',
  setup: 'PLUGIN_SETUP',
  tap: 'HOOK_FAILED',
  call: 'PLUGIN_CALL',
  dispose: 'PLUGIN_DISPOSE',
}

/** The innermost piece of plugin code that is running here, also in its timers and promises. */
export function currentFrame(): Frame | undefined {
  return frames.getStore()
}

/** Remembers the last thing that the running plugin did. */
export function note(action: string): void {
  const frame = frames.getStore()
  if (frame) frame.last = action
}

/**
 * Runs a piece of plugin code: sets its owner, limits its time and gives every failure a code.
 * An error that has a code passes unchanged where it is the owner's own answer to a call.
 * @param limit milliseconds; Infinity for none
 * @param doing what it does, for texts: `setup`, `tap on 'x.y'`
 * @throws PluginError
 */
export function guarded<T>(
  owner: string,
  step: Step,
  fn: () => Awaitable<T>,
  limit: number,
  doing: string = step,
): Promise<T> {
  const frame = enter(owner, step)
  try {
    const result = frames.run(frame, fn)
    return isThenable(result) ? within(result, limit, frame, doing) : Promise.resolve(result)
  } catch (error) {
    return Promise.reject(wrap(error, frame, doing) as Error)
  }
}

/** The synchronous twin of `guarded`; it cannot limit time. */
export function guardedSync<T>(owner: string, step: Step, fn: () => T, doing: string = step): T {
  const frame = enter(owner, step)
  try {
    return frames.run(frame, fn)
  } catch (error) {
    throw wrap(error, frame, doing)
  }
}

function enter(owner: string, step: Step): Frame {
  const activates = step === 'load' || step === 'setup'
  const activation = activates ? owner : frames.getStore()?.activation
  return { owner, step, activation, last: undefined }
}

function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value
}

function within<T>(work: PromiseLike<T>, ms: number, frame: Frame, doing: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = () => settle(() => reject(timeout(frame, ms, doing)))
    const limit = Number.isFinite(ms) ? startLimit(ms, expire) : undefined
    const settle = (then: () => void): void => {
      if (limit) stopLimit(limit)
      then()
    }
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(wrap(error, frame, doing) as Error)),
    )
  })
}

function timeout(frame: Frame, limit: number, doing: string): PluginError {
  const last = frame.last === undefined ? '' : ` (last: ${frame.last})`
  const text = `Plugin '${frame.owner}' did not finish ${doing} in ${limit / 1000} s${last}.`
  return failure('PLUGIN_TIMEOUT', frame.owner, frame.step, text, {
    hint: 'Wait for slow things in the calls that need them.',
  })
}

function wrap(error: unknown, frame: Frame, doing: string): unknown {
  if (frame.step === 'call' && isSpellError(error)) return error
  if (isPluginError(error) && error.owner === frame.owner) return error
  const text = error instanceof Error ? error.message : String(error)
  const message = `Plugin '${frame.owner}' failed in ${doing}: ${text}`
  return failure(CODES[frame.step], frame.owner, frame.step, message, { cause: error })
}
