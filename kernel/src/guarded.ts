import { AsyncLocalStorage } from 'node:async_hooks'
import {
  isPluginError,
  isSpellError,
  type Awaitable,
  type PluginError,
  type Step,
} from '@llmspell/sdk'
import { failure, type KernelCode } from './codes.ts'
import { startLimit, stopLimit, type Limit } from './limits.ts'

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
const soon = Promise.resolve()

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

/** A piece of plugin code that is run again and again. */
export interface Task<A, T> {
  readonly owner: string
  readonly step: Step
  readonly fn: (argument: A) => Awaitable<T>
  /** Milliseconds; Infinity for none. */
  readonly limit: number
  /** What it does, for texts: `setup`, `tap on 'x.y'`. */
  readonly doing: string
}

interface Wait {
  over: boolean
  limit: Limit | undefined
}

/** Hears once how a task ended: with an error, or with a value. */
export type Ending<T> = (error: Error | undefined, value?: T) => void

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
  const task = { owner, step, fn: () => frames.run(frame, fn), limit, doing }
  return new Promise((resolve, reject) => {
    run(task, undefined, frame, (error, value) => (error ? reject(error) : resolve(value as T)))
  })
}

/**
 * The `guarded` of hot paths: without a promise of its own, and the owner stays set. Setting it back
 * costs as much as all the rest, and a microtask that runs nothing else need not.
 */
export function runGuarded<A, T>(task: Task<A, T>, argument: A, end: Ending<T>): void {
  const outer = frames.getStore()
  const inside = outer?.owner === task.owner && outer.step === task.step
  const frame = inside ? outer : enter(task.owner, task.step)
  if (!inside) frames.enterWith(frame)
  run(task, argument, frame, end)
}

function run<A, T>(task: Task<A, T>, argument: A, frame: Frame, end: Ending<T>): void {
  let result: Awaitable<T>
  let later: Promise<T> | undefined
  try {
    result = task.fn(argument)
    if (isThenable(result)) later = Promise.resolve(result)
  } catch (error) {
    return end(wrap(error, frame, task.doing))
  }
  if (later) within(later, task, frame, end)
  else end(undefined, result as T)
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

function within<A, T>(
  work: Promise<T>,
  { limit: ms, doing }: Task<A, T>,
  frame: Frame,
  end: Ending<T>,
): void {
  const state: Wait = { over: false, limit: undefined }
  work.then(
    (value) => {
      if (isFirst(state)) end(undefined, value)
    },
    (error: unknown) => {
      if (isFirst(state)) end(wrap(error, frame, doing))
    },
  )
  // Most promises of taps are fulfilled when they come: those have ended by then, and need no limit.
  if (ms < Infinity) {
    void soon.then(() => {
      if (state.over) return
      // What follows a timeout belongs to this call, and not to where the shared timer was made.
      const { promise, resolve } = Promise.withResolvers<void>()
      state.limit = startLimit(ms, resolve)
      void promise.then(() => {
        if (isFirst(state)) end(timeout(frame, ms, doing))
      })
    })
  }
}

/** True for the first of answer, failure and timeout. */
function isFirst(state: Wait): boolean {
  if (state.over) return false
  state.over = true
  if (state.limit) stopLimit(state.limit)
  return true
}

function timeout(frame: Frame, limit: number, doing: string): PluginError {
  const last = frame.last === undefined ? '' : ` (last: ${frame.last})`
  const text = `Plugin '${frame.owner}' did not finish ${doing} in ${limit / 1000} s${last}.`
  return failure('PLUGIN_TIMEOUT', frame.owner, frame.step, text, {
    hint: 'Wait for slow things in the calls that need them.',
  })
}

function wrap(error: unknown, frame: Frame, doing: string): Error {
  if (frame.step === 'call' && isSpellError(error)) return error
  if (isPluginError(error) && error.owner === frame.owner) return error
  const text = error instanceof Error ? error.message : String(error)
  const message = `Plugin '${frame.owner}' failed in ${doing}: ${text}`
  return failure(CODES[frame.step], frame.owner, frame.step, message, { cause: error })
}
