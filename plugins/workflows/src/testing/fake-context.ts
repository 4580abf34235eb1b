import type { CallContext, NestedCall, Progress, Value } from '@llmspell/sdk'

export interface Asked {
  readonly call: string
  readonly args: readonly unknown[]
  readonly options: NestedCall
}

/** The door of a run without a kernel: what is asked of it is answered by `serve`. */
export class FakeContext {
  readonly asked: Asked[] = []
  readonly progress: Progress[] = []
  readonly stop = new AbortController()
  readonly #objects = new Map<string, object>()
  readonly #shared = new Map<string, unknown>()

  constructor(serve: (asked: Asked) => Promise<unknown> = () => Promise.resolve(null)) {
    this.#serve = serve
  }
  readonly #serve: (asked: Asked) => Promise<unknown>

  get context(): CallContext {
    return {
      runId: 'run-1',
      seq: 1,
      actors: [],
      grants: [],
      signal: this.stop.signal,
      call: (module: string, fn: string, args: readonly unknown[], options: NestedCall = {}) => {
        const asked = { call: `${module}.${fn}`, args, options }
        this.asked.push(asked)
        return this.#serve(asked)
      },
      handle: (type: string, object: object, fields: Record<string, Value>, id: string) => {
        this.#objects.set(id, object)
        return { $llmspell: 'handle', type, id, fields }
      },
      resolve: ({ id }: { readonly id: string }) => this.#objects.get(id)!,
      share: (key: string, create: () => { readonly value: unknown }) => {
        if (!this.#shared.has(key)) this.#shared.set(key, create().value)
        return this.#shared.get(key)
      },
      progress: (row: Progress) => void this.progress.push(row),
      log: () => {},
      step: (_name: string, fn: () => Promise<unknown>) => fn(),
    } as unknown as CallContext
  }
}
