import type { GrantChain, RunLimits, RunOptions, RunRequest } from '@llmspell/sdk'
import { settingsOf } from './kernel-options.ts'
import { LIMITS, refuse, type RuntimeOptions } from './options.ts'

/** What one call may do, and who may end it. */
export interface CallOptions extends RunOptions {
  /** The same as `limits.timeMs`; where both are given the shorter counts. */
  readonly timeoutMs?: number
}

const CALL: Readonly<Record<keyof CallOptions, true>> = {
  allow: true,
  deny: true,
  grants: true,
  ask: true,
  answer: true,
  limits: true,
  signal: true,
  root: true,
  args: true,
  settings: true,
  write: true,
  log: true,
  onProgress: true,
  compute: true,
  seed: true,
  journal: true,
  timeoutMs: true,
}
const SCRIPT: Readonly<Record<Exclude<keyof RunRequest, keyof RunOptions>, true>> = {
  source: true,
  file: true,
  engine: true,
  isolation: true,
  durable: true,
}
const CALL_KEYS = Object.keys(CALL)
const SCRIPT_KEYS = [...CALL_KEYS, ...Object.keys(SCRIPT)]

/** @throws INPUT_INVALID for an unknown option, with a suggestion */
export function checkCall(options: object, what: string, isScript = false): void {
  const known = isScript ? SCRIPT_KEYS : CALL_KEYS
  refuse(`the options of ${what}`, options, known, 'INPUT_INVALID')
  const { limits } = options as CallOptions
  refuse(`'limits' of ${what}`, limits, Object.keys(LIMITS), 'INPUT_INVALID')
}

/** The options of one run: what the runtime gives, and what the call makes of it. */
export function runOptions(
  runtime: RuntimeOptions,
  { timeoutMs, ...call }: CallOptions,
  stop: AbortSignal,
): RunOptions {
  const { allow: _allow, deny: _deny, ...rest } = call
  const root = call.root ?? runtime.root
  return {
    ...rest,
    ...(root === undefined ? {} : { root }),
    grants: grantsOf(runtime, call),
    limits: limitsOf(runtime.limits, call.limits, timeoutMs),
    settings: { ...settingsOf(runtime), ...call.settings },
    signal: call.signal ? AbortSignal.any([call.signal, stop]) : stop,
  }
}

/** A call that names grants stays below those of its runtime, where that has any. */
function grantsOf(runtime: RuntimeOptions, { allow, deny, grants }: CallOptions): GrantChain {
  const own = layer(runtime.allow, runtime.deny)
  const given = grants ?? (allow || deny ? [layer(allow ?? runtime.allow, deny)] : undefined)
  if (!given) return [own]
  const bounds = runtime.allow !== undefined || runtime.deny !== undefined
  return bounds ? [{ ...own, holder: 'runtime', ...(runtime.allow ? {} : ALL) }, ...given] : given
}

const ALL = { allow: { '*': ['*'] } }

const layer = (
  allow: CallOptions['allow'] = {},
  deny: CallOptions['deny'] = {},
): GrantChain[number] => ({ holder: 'command line', allow, deny })

function limitsOf(
  runtime: RunLimits | undefined,
  call: RunLimits | undefined,
  timeoutMs: number | undefined,
): RunLimits {
  const limits = { ...runtime, ...call }
  if (timeoutMs === undefined) return limits
  return { ...limits, timeMs: Math.min(timeoutMs, limits.timeMs ?? timeoutMs) }
}
