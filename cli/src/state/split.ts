const NEWLINE = 10

/** Lines of bytes, none longer than `most`: what has no end does not fill the memory. */
export async function* boundedLines(
  source: AsyncIterable<Uint8Array>,
  most: number,
  tooLong: () => never,
): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let size = 0
  const take = (part: Uint8Array): void => {
    size += part.length
    if (size > most) tooLong()
    parts.push(part)
  }
  for await (const piece of source) {
    let from = 0
    for (let at; (at = piece.indexOf(NEWLINE, from)) >= 0; from = at + 1) {
      take(piece.subarray(from, at))
      yield Buffer.concat(parts)
      ;[parts, size] = [[], 0]
    }
    if (from < piece.length) take(piece.subarray(from))
  }
  if (size > 0) yield Buffer.concat(parts)
}
