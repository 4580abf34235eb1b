import type { Line } from '../line/line.ts'

/** A stream of the host, read piece by piece; leaving it early closes it there. */
export async function* pulled<T>(line: Line, call: number, stream: number): AsyncGenerator<T> {
  let ended = false
  try {
    for (;;) {
      const next = (await line.ask('next', call, stream)) as { readonly value: T } | null
      if (next === null) {
        ended = true
        return
      }
      yield next.value
    }
  } finally {
    if (!ended) await line.ask('close', call, stream).catch(() => undefined)
  }
}

export async function wholeOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(source)))
}
