import { fromErrorRecord } from '@llmspell/sdk'
import type { CallContext, Change, RunContext, Scope, StateBackend } from '@llmspell/sdk'

/** Where a watch listens. */
export interface Listening {
  readonly scope: Scope
  readonly matches: (key: string) => boolean
  readonly store: StateBackend
  readonly context: CallContext
  readonly signal: AbortSignal
}

/** One change as a watch remembers it. `seq` is text: a journal has no numbers of that size. */
export interface Seen {
  readonly op: Change['op'] | 'reset'
  readonly key: string
  readonly seq: string
}

/** The changes of the keys that a watch means, one after the other; nothing behind its end. */
export type Changes = () => Promise<Seen | undefined>

/** Those from here on. The journal of a durable run keeps them: a later life goes on behind the last one. */
export async function changesFor(listening: Listening): Promise<Changes> {
  const { durable } = listening.context
  return durable ? recorded(durable, listening) : live(listening)
}

async function recorded(durable: RunContext, listening: Listening): Promise<Changes> {
  const { context, store } = listening
  // An empty batch tells how far the store is.
  const here = async (): Promise<string> => String((await store.commit([])).seq)
  let after = await context.step('from', here, { effect: 'idempotent' })
  let next: Changes | undefined
  return async () => {
    const seen = (await durable.compose('change', async (_inner, known) => {
      if (known?.ok) return known.value
      if (known) throw fromErrorRecord(known.error)
      next ??= live(listening, BigInt(after))
      return ((await next()) as never) ?? null
    })) as unknown as Seen | null
    after = seen?.seq ?? after
    return seen ?? undefined
  }
}

function live(listening: Listening, after?: bigint): Changes {
  const { store, scope, matches, signal } = listening
  const { tenant, kind, id } = scope
  const from = after === undefined ? {} : { after }
  const changes = store.watch({ tenant, kind, id }, { ...from, signal })[Symbol.asyncIterator]()
  return async () => {
    for (;;) {
      const { done, value } = await changes.next()
      if (done) return undefined
      if ('reset' in value) return { op: 'reset', key: '', seq: String(value.reset) }
      if (matches(value.key)) return { op: value.op, key: value.key, seq: String(value.seq) }
    }
  }
}
