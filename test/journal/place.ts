import type { Scope, StateBackend, StateOp, WorkflowExecutor } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import type { ExecutorPlace } from '@llmspell/sdk/testing'
import { createKernel } from '@llmspell/kernel'
import { EmbeddedExecutor } from '../../plugins/journal/src/executor.ts'
import type { RunsOptions } from '../../plugins/journal/src/options.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'

const RECORD = /^\d{6}\/\d{10}$/

/** A store that dies: from some record on, or when it is told, nothing is written and nobody hears of it. */
class Mortal {
  readonly backend: StateBackend
  readonly died = Promise.withResolvers<void>()
  #records = 0
  #dead = false
  /** What was on its way to the disk when it died still gets there, before anybody else opens the store. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(store: StateBackend, killAt: number) {
    this.backend = new Proxy(store, {
      get: (target, key) => {
        if (key === 'commit')
          return (ops: readonly StateOp[], ...rest: []) => this.#commit(target, ops, killAt, rest)
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      },
    })
  }

  async die(): Promise<void> {
    this.#dead = true
    await this.#writing
  }

  async #commit(target: StateBackend, ops: readonly StateOp[], killAt: number, rest: []) {
    if (this.#dead) return new Promise<never>(() => {})
    this.#records += ops.filter((op) => op.op === 'put' && RECORD.test(op.key)).length
    if (this.#records >= killAt) this.#dead = true
    const written = target.commit(ops, ...rest)
    this.#writing = Promise.allSettled([this.#writing, written])
    const done = await written
    if (!this.#dead) return done
    this.died.resolve()
    return new Promise<never>(() => {})
  }
}

/** A place over a store of ours; each executor of it is as good as in a process of its own. */
export async function storePlace(
  store: StateBackend = new RowStore(new MemoryHome(() => {})),
  options: Partial<RunsOptions> = {},
): Promise<ExecutorPlace & { readonly store: StateBackend; last(): EmbeddedExecutor | undefined }> {
  await store.open({ signal: new AbortController().signal })
  const kernel = createKernel({ plugins: [] })
  await kernel.start()
  const schemas = await kernel.use('schemas')
  let mortal: Mortal | undefined
  const executors: EmbeddedExecutor[] = []
  return {
    store,
    last: () => executors.at(-1),
    async open({ killAt = Number.POSITIVE_INFINITY } = {}): Promise<WorkflowExecutor> {
      await mortal?.die()
      const alive = new Mortal(store, killAt)
      mortal = alive
      // Whoever was there before has died.
      const standing = (): 'gone' => 'gone'
      const defaults = {
        standing,
        patienceMs: 2_000,
        quietMs: 250,
        flushMs: 5,
        retentionMs: 1e9,
        schemas,
      }
      const executor = new EmbeddedExecutor(async () => alive.backend, { ...defaults, ...options })
      executors.push(executor)
      return executor
    },
    died: async () => mortal?.died.promise,
    async damage(id, n, how) {
      const scope: Scope = { tenant: 'local', kind: 'run', id }
      const key = `000000/${String(n).padStart(10, '0')}`
      if (how === 'remove') return void (await store.scope(scope).delete(key))
      const bytes = (await store.scope(scope).get<Uint8Array>(key))!.value
      bytes[20] = (bytes[20] ?? 0) ^ 0xff
      await store.scope(scope).put(key, bytes)
    },
    async [Symbol.asyncDispose]() {
      await mortal?.die()
      await kernel.stop()
      await store.close()
    },
  }
}
