import { bareStep } from '@llmspell/sdk'
import type {
  Actor,
  CallContext,
  GrantChain,
  Permissions,
  Progress,
  Usage,
  Value,
} from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'

/** A run that keeps what is said to it. */
export class FakeRun {
  readonly logs: string[] = []
  readonly progress: string[] = []
  readonly concealed: string[] = []
  readonly spent: Partial<Usage>[] = []
  readonly controller = new AbortController()
  readonly #shared = new Map<string, unknown>()
  readonly context: CallContext

  constructor(
    settings: Readonly<Record<string, Value>> = {},
    actors: readonly Actor[] = [],
    grants: GrantChain = [],
  ) {
    this.context = {
      runId: 'run-1',
      seq: 0,
      actors,
      grants,
      root: '/',
      signal: this.controller.signal,
      settings,
      call: async () => undefined,
      handle: () => ({ $llmspell: 'handle', type: 'x', id: '1', fields: {} }),
      resolve: () => ({}),
      stream: (source) =>
        Object.assign(source, { ref: { $llmspell: 'stream' as const, id: 's' } }) as never,
      share: (key, create) => this.#share(key, create),
      progress: (progress: Progress) =>
        void this.progress.push(`${progress.who}: ${progress.text}`),
      log: ({ message }) => void this.logs.push(message),
      spend: (usage) => void this.spent.push(usage),
      onEnd: () => () => undefined,
      conceal: (value) => void this.concealed.push(value),
      cancel: () => undefined,
      step: (name, fn, options) => bareStep(this.context, name, fn, options),
    }
  }

  #share<T>(key: string, create: () => { readonly value: T }): T {
    if (!this.#shared.has(key)) this.#shared.set(key, create().value)
    return this.#shared.get(key) as T
  }
}

/** Permissions that grant exactly the listed `permission target`. */
export function grants(...allowed: readonly string[]): Permissions {
  const decide: Permissions['decide'] = ({ permission, target }) =>
    allowed.includes(`${permission} ${target}`)
      ? { allowed: true, holder: 'test', rule: `${permission}=${target}` }
      : { allowed: false, holder: 'test', reason: 'not granted', hint: `--allow-${permission}` }
  return {
    decide,
    require: async (need, access) => {
      if (decide(need, access).allowed) return
      throw new SpellError(
        'PERMISSION_DENIED',
        `${access.subject}: ${need.permission} ${need.target}`,
      )
    },
    mark: () => undefined,
    labels: () => new Set(),
  }
}
