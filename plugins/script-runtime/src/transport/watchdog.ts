// The one file that may import node:vm. It is no boundary here: `timeout` is the only way that Node offers to stop
// code of this thread from outside, WebAssembly and its library calls included. The code it runs is a constant.
// oxlint-disable-next-line no-restricted-imports
import type { Script } from 'node:vm'

const ENTRY = Symbol.for('llmspell.watchdog.entry')
const host = globalThis as unknown as Record<symbol, () => void>
let script: Script | undefined

/** Loaded when a time limit is first set: most runs have none. */
function constantScript(): Script {
  const vm = process.getBuiltinModule('node:vm')
  return new vm.Script(`globalThis[Symbol.for('llmspell.watchdog.entry')]()`)
}

/** True for the error that ends an entry at its limit. */
export function isEnded(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

/**
 * Runs `fn` and ends it after `ms` at the latest, wherever it is. What it was working on is then in an unknown state.
 * @throws what `fn` throws; an error that `isEnded` recognises
 */
export function underWatchdog<T>(fn: () => T, ms: number): T {
  script ??= constantScript()
  const outer = host[ENTRY]
  let result: T | undefined
  host[ENTRY] = () => {
    result = fn()
  }
  try {
    script.runInThisContext({ timeout: Math.max(1, Math.ceil(ms)) })
  } finally {
    if (outer) host[ENTRY] = outer
    else delete host[ENTRY]
  }
  return result as T
}
