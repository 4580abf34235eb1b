import { isSpellError } from '@llmspell/sdk'
import type { HookPoint, Value } from '@llmspell/sdk'
import type { RunScope } from './scope.ts'

const LIMITS: ReadonlySet<string> = new Set([
  'BUDGET_EXCEEDED',
  'TIMEOUT',
  'MEMORY_LIMIT',
  'OUTPUT_LIMIT',
])
/** What one run is told of at most. */
const MOST = 100

/** Payload of `run.limit`. */
export interface RunLimit {
  readonly run_id: string
  readonly code: string
  readonly message: string
  /** The call that met it, `Tool.execute`; absent where it ended the script. */
  readonly call?: string
  readonly details?: Value
}

/** Tells of limits that calls and runs have met, each once: a failure passes many calls on its way out. */
export class Limits {
  readonly #point: HookPoint<'run.limit'>
  readonly #told = new WeakMap<RunScope, Set<string>>()

  constructor(point: HookPoint<'run.limit'>) {
    this.#point = point
  }

  tell(scope: RunScope, error: unknown, call?: string): void {
    if (!this.#point.used || !isSpellError(error) || !LIMITS.has(error.code)) return
    const { code, message, details } = error
    const told = this.#told.get(scope) ?? new Set()
    this.#told.set(scope, told)
    if (told.has(message) || told.size >= MOST) return
    told.add(message)
    const more = {
      ...(call === undefined ? {} : { call }),
      ...(details === undefined ? {} : { details }),
    }
    void this.#point.call({ run_id: scope.id, code, message, ...more })
  }
}
