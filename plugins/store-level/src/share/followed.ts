import type { Change, PlacedEntry, Selector, StateSnapshot } from '@llmspell/sdk'
import { scopePrefix } from '@llmspell/sdk/store'
import { Lost } from './errors.ts'
import type { Holder } from './holder.ts'
import type { Seat } from './seat.ts'

type Seen = Change | { readonly reset: bigint }

/** Changes, from owner to owner. Begun at once where the owner is known. */
export function followed(
  holder: Holder,
  select: Selector,
  options: { readonly after?: bigint; readonly signal: AbortSignal },
): AsyncGenerator<Seen> {
  const { signal } = options
  let after = options.after
  const started = (seq: bigint): void => void (after = seq)
  const begin = (seat: Seat): AsyncGenerator<Seen> | AsyncIterable<Seen> => {
    if ('remote' in seat) return seat.remote.watch(select, after, signal, started)
    after ??= seat.own.seq
    return seat.own.watch(select, { after, signal })
  }
  const first = holder.now
  const begun = first && begin(first)
  return (async function* () {
    let [seat, changes] = [first, begun]
    while (!signal.aborted && holder.isOpen) {
      try {
        seat ??= await holder.seat()
        for await (const change of changes ?? begin(seat)) {
          // The rest of its commit may be missing still.
          after = 'reset' in change ? change.reset : change.seq - 1n
          yield change
        }
        return
      } catch (error) {
        if (!holder.isOpen || signal.aborted) return
        if (!(error instanceof Lost)) throw error
        if (seat && 'remote' in seat) await seat.remote.line.over
        seat = changes = undefined
      }
    }
  })()
}

/** All that is live, from owner to owner: behind the last that was seen. */
export async function* listed(
  holder: Holder,
  select: Selector,
  at?: StateSnapshot,
): AsyncGenerator<PlacedEntry> {
  let last: PlacedEntry | undefined
  for (;;) {
    const seat = await holder.seat()
    const inner = at && holder.inner(seat, at)
    try {
      const rows =
        'own' in seat
          ? seat.own.entries(select, inner ? { at: inner } : {})
          : seat.remote.entries(select, inner)
      for await (const placed of rows) {
        if (last && !isBehind(placed, last)) continue
        yield (last = placed)
      }
      return
    } catch (error) {
      if (!(error instanceof Lost)) throw error
      await holder.lost(seat, error, { what: 'entries', retried: true })
    }
  }
}

/** In the order of the store: by scope, then by key. */
function isBehind(placed: PlacedEntry, last: PlacedEntry): boolean {
  return rowOf(placed).compare(rowOf(last)) > 0
}

const rowOf = ({ scope, key }: PlacedEntry): Buffer =>
  Buffer.concat([scopePrefix(scope), Buffer.from(key)])
