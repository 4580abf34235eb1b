import type { HostCallback } from './script-module.ts'
import type { LogEntry } from './run.ts'

/** A function that belongs to no run and is asked as the hooks of scripts are. */
export interface HookFunction {
  readonly id: string
  /** Whose it is, for texts. */
  readonly file: string
  readonly language: string
  readonly call: HostCallback
  readonly log: (entry: LogEntry) => void
}

/** Service `hook-functions`. */
export interface HookFunctions {
  /**
   * A tap that asks this function: it gets what a hook of a script gets at the point, and may answer the same.
   * @throws HOOK_UNKNOWN
   */
  tap(point: string, fn: HookFunction): (payload: unknown) => unknown
}

declare module '../services.ts' {
  interface Services {
    'hook-functions': HookFunctions
  }
}
