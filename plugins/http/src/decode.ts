import type { Readable, Transform } from 'node:stream'
import { codingRefused } from './errors.ts'

const MOST_CODINGS = 5

type Zlib = typeof import('node:zlib')
type Stage = (zlib: Zlib) => Transform

const STAGES: Readonly<Record<string, Stage>> = {
  gzip: (zlib) => zlib.createGunzip(),
  'x-gzip': (zlib) => zlib.createGunzip(),
  deflate: (zlib) => zlib.createInflate(),
  br: (zlib) => zlib.createBrotliDecompress(),
  zstd: (zlib) => zlib.createZstdDecompress(),
}

/** The names of the codings in the order in which they are taken off. @throws HTTP_CODING */
export function codingsOf(host: string, header: string | undefined): readonly string[] {
  const named = (header ?? '').toLowerCase().split(',', MOST_CODINGS + 2)
  const codings = named
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (codings.length > MOST_CODINGS)
    throw codingRefused(host, `expected at most ${MOST_CODINGS} codings, found more`)
  const unknown = codings.find((name) => !Object.hasOwn(STAGES, name))
  if (unknown !== undefined)
    throw codingRefused(host, `expected gzip, deflate, br or zstd, found '${unknown.slice(0, 40)}'`)
  return codings.toReversed()
}

/** The decoded stream. Destroying it ends the source too, and a failure of either shows at its end. */
export function decoded(source: Readable, codings: readonly string[]): Readable {
  if (codings.length === 0) return source
  const zlib = process.getBuiltinModule('node:zlib')
  const { pipeline } = process.getBuiltinModule('node:stream')
  const stages = codings.map((name) => (name === 'deflate' ? deflate(zlib) : STAGES[name]!(zlib)))
  pipeline([source, ...stages], () => undefined)
  return stages.at(-1)!
}

/** Half of the servers that say deflate send it without its header: the first byte tells. */
function deflate(zlib: Zlib): Transform {
  const { Duplex } = process.getBuiltinModule('node:stream')
  return Duplex.from(async function* (source: AsyncIterable<Buffer>) {
    const { Readable } = process.getBuiltinModule('node:stream')
    const rest = source[Symbol.asyncIterator]()
    const first = await rest.next()
    if (first.done) return
    const wrapped = (first.value[0]! & 0x0f) === 8
    const inflate = wrapped ? zlib.createInflate() : zlib.createInflateRaw()
    const whole = Readable.from(joined(first.value, rest), { objectMode: false })
    whole.on('error', (error) => inflate.destroy(error))
    yield* whole.pipe(inflate)
  }) as unknown as Transform
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
