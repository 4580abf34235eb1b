import type { RowStore } from '@llmspell/sdk/store'
import { boxed, snapshotOf } from './answers.ts'
import type { Asked, Snapshots } from './answers.ts'
import type { Flow, Queue } from './flow.ts'
import { Boxed } from './wire.ts'

const MOST_ITEMS = 128
const MOST_BYTES = 256 * 1024

/** One stream to or from a client. */
export interface Stream {
  readonly store: RowStore
  readonly asked: Asked
  readonly snapshots: Snapshots
  readonly flow: Flow
  /** What a client sends in a stream of its own. */
  readonly pieces: Queue<Uint8Array>
  readonly send: (message: object) => void
}

/** Streams until it has ended, or nobody wants it; gives the last word. */
export const STREAMS: Readonly<Record<string, (stream: Stream) => Promise<unknown>>> = {
  iterate: async (stream) => {
    const { store, asked, snapshots } = stream
    const options = { ...asked.options, ...snapshotOf(snapshots, asked.at) }
    const rows = store.scope(asked.scope).iterate(options)
    await sent(
      stream,
      mapped(rows, ([key, entry]) => [key, boxed(entry)]),
    )
  },
  entries: async (stream) => {
    const { store, asked, snapshots } = stream
    const rows = store.entries(asked.select ?? {}, snapshotOf(snapshots, asked.at))
    await sent(
      stream,
      mapped(rows, (placed) => ({ ...placed, entry: boxed(placed.entry) })),
    )
  },
  verify: async (stream) => {
    await sent(stream, stream.store.verify({ signal: stream.flow.signal }))
  },
  watch: async (stream) => {
    const { store, asked, flow, send } = stream
    const after = (asked.options.after as bigint | undefined) ?? store.seq
    const changes = store.watch(asked.select, { after, signal: flow.signal })
    send({ start: after })
    for await (const change of changes) {
      if (!(await flow.take())) return
      send({ items: [change] })
    }
  },
  backup: async ({ store, asked, flow, send }) => {
    const sink = new WritableStream<Uint8Array>({
      async write(piece) {
        if (await flow.take()) send({ items: [piece] })
      },
    })
    const { select, since } = asked
    const what = { ...(select && { select }), ...(since !== undefined && { since }) }
    return store.backup(sink, { ...what, signal: flow.signal })
  },
  restore: async ({ store, asked, pieces, send }) => {
    const source = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          send({ more: 1 })
          const piece = await pieces.next()
          if (piece) controller.enqueue(piece)
          else controller.close()
        },
      },
      { highWaterMark: 1 },
    )
    return store.restore(source, { mode: asked.mode })
  },
}

/** Nothing is read before somebody wants it, and many small things go in one message. */
async function sent({ flow, send }: Stream, rows: AsyncIterable<unknown>): Promise<void> {
  if (!(await flow.take())) return
  let items: unknown[] = []
  let bytes = 0
  for await (const row of rows) {
    items.push(row)
    bytes += sizeOf(row)
    if (items.length < MOST_ITEMS && bytes < MOST_BYTES) continue
    send({ items })
    items = []
    bytes = 0
    if (!(await flow.take())) return
  }
  if (items.length > 0 && !flow.signal.aborted) send({ items })
}

async function* mapped<T>(
  rows: AsyncIterable<T>,
  map: (row: T) => unknown,
): AsyncGenerator<unknown> {
  for await (const row of rows) yield map(row)
}

function sizeOf(row: unknown): number {
  const entry = Array.isArray(row) ? (row[1] as unknown) : (row as { entry?: unknown }).entry
  const value = (entry as { value?: unknown } | undefined)?.value
  return value instanceof Boxed ? value.bytes.byteLength : 0
}
