import { ByteSource } from './byte-source.ts'
import type { Entry } from './entry.ts'
import { damaged } from './errors.ts'
import type { Meter } from './meter.ts'
import { paxFacts } from './pax.ts'
import type { PaxFacts } from './pax.ts'
import { BLOCK, kindOf, tarHeader } from './tar-header.ts'
import type { TarHeader } from './tar-header.ts'

// Headers are held in memory. A name of 1,024 bytes is the longest that is taken.
const MAX_FACTS = 64 * 1024
const MAX_FACTS_IN_A_ROW = 4
// Archivers fill up to a multiple of some size, mostly 10 KiB.
const MAX_TAIL = 1024 * 1024

/** What of a tar is read, and by whose limits. */
export interface TarInput {
  readonly path: string
  readonly meter: Meter
  /** The tar itself, unpacked. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** The entries in their order. Bytes of one that are not read are passed over. */
export async function* tarEntries({ path, meter, bytes }: TarInput): AsyncGenerator<Entry> {
  await using source = new ByteSource(metered(bytes, meter))
  for (;;) {
    const header = await nextHeader(source, path)
    if (header === undefined) return
    meter.entry()
    const body = new Body(source, header.size, path)
    yield entryOf(header, body)
    await body.skip()
  }
}

async function* metered(
  bytes: AsyncIterable<Uint8Array>,
  meter: Meter,
): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    meter.bytes(part.byteLength)
    yield part
  }
}

function entryOf(header: TarHeader, body: Body): Entry {
  return {
    name: header.name,
    kind: kindOf(header),
    bytes: header.size,
    executable: header.executable,
    ...timeOf(header.modified),
    content: () => body.read(),
  }
}

function timeOf(seconds: number): { modified?: string } {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? {} : { modified: date.toISOString() }
}

/** The next header that is an entry, with what the headers before it say of it; undefined at the end. */
async function nextHeader(source: ByteSource, path: string): Promise<TarHeader | undefined> {
  let facts: PaxFacts = {}
  for (let count = 0; count <= MAX_FACTS_IN_A_ROW; count++) {
    const block = await source.take(BLOCK)
    if (block.byteLength < BLOCK) throw damaged(path, 'its end in the middle')
    if (block.every((byte) => byte === 0)) return passTail(source, path)
    const header = tarHeader(block)
    if (typeof header === 'string') throw damaged(path, header)
    if (!'xgLK'.includes(header.flag)) return withFacts(header, facts)
    facts = { ...facts, ...(await factsOf(source, header, path)) }
  }
  throw damaged(path, 'one header after the other without an entry')
}

function withFacts(header: TarHeader, { path: name, size }: PaxFacts): TarHeader {
  return {
    ...header,
    ...(name === undefined ? {} : { name }),
    ...(size === undefined ? {} : { size }),
  }
}

/** What a header of facts says: POSIX (x, for all: g) or GNU (L: the name, K: where a link leads). */
async function factsOf(source: ByteSource, header: TarHeader, path: string): Promise<PaxFacts> {
  const { flag, size } = header
  if (size > MAX_FACTS) throw damaged(path, `a header of ${size} bytes`)
  const padded = await source.take(size + padding(size))
  if (padded.byteLength < size) throw damaged(path, 'its end in the middle')
  const body = padded.subarray(0, size)
  if (flag === 'L') return { path: body.toString('utf8').replace(/\0.*$/s, '') }
  if (flag === 'K') return {}
  const facts = paxFacts(body)
  if (typeof facts === 'string') throw damaged(path, facts)
  if (flag === 'g' && (facts.path !== undefined || facts.size !== undefined))
    throw damaged(path, 'one name or size for all entries')
  return facts
}

/** Reads on to the end of the packed stream, so that its checksum is looked at. */
async function passTail(source: ByteSource, path: string): Promise<undefined> {
  let left = MAX_TAIL
  for await (const part of source.pass(MAX_TAIL + 1)) left -= part.byteLength
  if (left < 0) throw damaged(path, 'more than 1 MiB after its end')
  return undefined
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK

/** The bytes of one entry, each taken once. */
class Body {
  readonly #source: ByteSource
  readonly #path: string
  #left: number
  #padding: number

  constructor(source: ByteSource, size: number, path: string) {
    this.#source = source
    this.#path = path
    this.#left = size
    this.#padding = padding(size)
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for await (const part of this.#source.pass(this.#left)) {
      this.#left -= part.byteLength
      yield part
    }
    if (this.#left > 0) throw damaged(this.#path, 'its end in the middle')
  }

  async skip(): Promise<void> {
    for await (const _part of this.read());
    this.#padding -= (await this.#source.take(this.#padding)).byteLength
    if (this.#padding > 0) throw damaged(this.#path, 'its end in the middle')
  }
}
