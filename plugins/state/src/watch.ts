import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { CallContext, Change, HostCallback, Scope, StateBackend, Value } from '@llmspell/sdk'
import { keyMatcher } from './pattern.ts'
import type { Reader } from './reader.ts'
import { textOf } from './scope.ts'

/** Failures in a row after which a watcher is told no more. */
const MOST_FAILURES = 5

export interface WatchParts {
  readonly scope: Scope
  readonly pattern: string
  readonly fn: HostCallback
  readonly store: StateBackend
  readonly reader: Reader
  readonly context: CallContext
}

/** A function of the script that is told of changes, one after the other. */
export class Watch {
  readonly #parts: WatchParts
  readonly #end = new AbortController()
  readonly #matches: (key: string) => boolean
  #failures = 0

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#matches = keyMatcher(parts.pattern)
    const { store, scope, context } = parts
    const { tenant, kind, id } = scope
    const signal = AbortSignal.any([this.#end.signal, context.signal])
    const changes = store.watch({ tenant, kind, id }, { signal })
    void this.#follow(changes).catch((error: unknown) => this.#warn(error))
    context.onEnd(() => void this.close())
    context.onUndo?.(() => this.close())
  }

  /** False where it was closed before. */
  close(): boolean {
    if (this.#end.signal.aborted) return false
    this.#end.abort()
    return true
  }

  async #follow(changes: AsyncIterable<Change | { readonly reset: bigint }>): Promise<void> {
    for await (const change of changes) {
      const told = 'reset' in change ? { op: 'reset', key: '' } : await this.#told(change)
      if (told && !this.#end.signal.aborted) await this.#tell(told)
      if (this.#failures >= MOST_FAILURES) return void this.close()
    }
  }

  /** As a read of the key: who may not read it is not told. */
  async #told(change: Change): Promise<{ readonly [key: string]: Value } | undefined> {
    if (!this.#matches(change.key)) return undefined
    try {
      return await this.#asked(change)
    } catch (error) {
      if (isSpellError(error) && error.code === 'HOOK_CANCELLED') return undefined
      this.#failures++
      this.#warn(error)
      return undefined
    }
  }

  async #asked({ key, op }: Change): Promise<{ readonly [key: string]: Value }> {
    const { reader, scope, context } = this.#parts
    const place = { scope, key, context }
    const current = op === 'delete' ? undefined : await reader.current(place)
    if (current) return { op: 'set', key, ...current }
    await reader.mayName(place)
    return { op: 'delete', key }
  }

  async #tell(change: { readonly [key: string]: Value }): Promise<void> {
    const { fn, scope } = this.#parts
    try {
      await fn({ ...change, scope: textOf(scope) })
      this.#failures = 0
    } catch (error) {
      this.#failures++
      this.#warn(error)
    }
  }

  #warn(error: unknown): void {
    if (this.#end.signal.aborted) return
    const { context, pattern } = this.#parts
    const { message } = toErrorRecord(error)
    context.log({ level: 'warn', message: `The watch of '${pattern}' failed: ${message}` })
  }
}
