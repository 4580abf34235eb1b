import { SpellError, bareStep } from '@llmspell/sdk'
import type {
  Actor,
  Awaitable,
  CallContext,
  GrantChain,
  HandleRef,
  HostStream,
  Label,
  Progress,
  Value,
} from '@llmspell/sdk'

/** A run in memory, for the tests of this plugin. */
export class FakeRun {
  readonly shared = new Map<string, unknown>()
  readonly handles = new Map<string, object>()
  readonly progress: Progress[] = []
  readonly labels = new Set<Label>()
  readonly stop = new AbortController()
  grants: GrantChain = []
  actors: readonly Actor[] = []

  /** The context of one call of the run. */
  context(seq = 0): CallContext {
    const { shared, handles, stop, progress } = this
    const context: CallContext = {
      runId: 'run-1',
      seq,
      actors: this.actors,
      grants: this.grants,
      root: '/project',
      signal: stop.signal,
      settings: {},
      call: () => Promise.reject(new SpellError('MODULE_UNKNOWN', 'There are no modules.')),
      handle: (type, object, fields) => {
        const id = `${type}-${handles.size}`
        handles.set(id, object)
        return { $llmspell: 'handle', type, id, fields }
      },
      resolve: (ref: HandleRef) => handles.get(ref.id)!,
      stream: (source: AsyncIterable<Value>): HostStream => ({
        ref: { $llmspell: 'stream', id: 'stream-1' },
        [Symbol.asyncIterator]: () => source[Symbol.asyncIterator](),
      }),
      share<T>(key: string, create: () => { value: T; dispose?: () => Awaitable<void> }) {
        if (!shared.has(key)) shared.set(key, create().value)
        return shared.get(key) as T
      },
      progress: (entry) => void progress.push(entry),
      log: () => {},
      spend: () => {},
      onEnd: () => () => {},
      conceal: () => {},
      cancel: () => {},
      step: (name, fn, options) => bareStep(context, name, fn, options),
    }
    return context
  }
}
