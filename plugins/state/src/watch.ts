import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { CallContext, HostCallback, Scope, StateBackend, Value } from '@llmspell/sdk'
import { changesFor } from './changes.ts'
import type { Changes, Seen } from './changes.ts'
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

type Told = Readonly<Record<string, Value>>

/** A function of the script that is told of changes, one after the other. */
export class Watch {
  readonly #parts: WatchParts
  readonly #end = new AbortController()
  #failures = 0

  private constructor(parts: WatchParts) {
    this.#parts = parts
  }

  static async open(parts: WatchParts): Promise<Watch> {
    const { store, scope, context, pattern } = parts
    const watch = new Watch(parts)
    const signal = AbortSignal.any([watch.#end.signal, context.signal])
    const changes = await changesFor({
      store,
      scope,
      context,
      signal,
      matches: keyMatcher(pattern),
    })
    void watch.#follow(changes).catch((error: unknown) => watch.#warn(error))
    context.onEnd(() => void watch.#close())
    context.onUndo?.(() => watch.#close())
    return watch
  }

  /** False where it was closed before. In a durable run it ends at the same change in every life. */
  async close(context: CallContext): Promise<boolean> {
    if (context.durable)
      await context.step('close', () => Promise.resolve(null), { effect: 'pure' })
    return this.#close()
  }

  #close(): boolean {
    if (this.#end.signal.aborted) return false
    this.#end.abort()
    return true
  }

  async #follow(changes: Changes): Promise<void> {
    for (let seen = await changes(); seen; seen = await changes()) {
      const told = await this.#told(seen)
      if (told && !this.#end.signal.aborted) await this.#tell(told)
      if (this.#failures >= MOST_FAILURES) return void this.#close()
    }
  }

  /** As a read of the key: who may not read it is not told. */
  async #told(seen: Seen): Promise<Told | undefined> {
    if (seen.op === 'reset') return { op: 'reset', key: '' }
    try {
      const { context } = this.#parts
      return await context.step('read', (inner) => this.#asked(seen, inner), { effect: 'pure' })
    } catch (error) {
      if (isSpellError(error) && error.code === 'HOOK_CANCELLED') return undefined
      this.#failures++
      this.#warn(error)
      return undefined
    }
  }

  async #asked({ key, op }: Seen, context: CallContext): Promise<Told> {
    const { reader, scope } = this.#parts
    const place = { scope, key, context }
    const current = op === 'delete' ? undefined : await reader.current(place)
    if (current) return { op: 'set', key, ...current }
    await reader.mayName(place)
    return { op: 'delete', key }
  }

  async #tell(change: Told): Promise<void> {
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
