import type { Duplex, Readable } from 'node:stream'

/** As a stream of bytes. Imported so, because the ES module of a built-in costs more than all of its work. */
export function streamOf(source: AsyncIterable<Uint8Array>): Readable {
  const { Readable: Stream } = process.getBuiltinModule('node:stream')
  return Stream.from(source, { objectMode: false })
}

/** The bytes as they leave a stream that changes them; either end stops the other. */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  stream: Duplex,
): AsyncGenerator<Uint8Array> {
  const { pipeline } = process.getBuiltinModule('node:stream')
  // Whoever reads the stream gets the error.
  pipeline(streamOf(source), stream, () => undefined)
  for await (const bytes of stream) yield bytes as Uint8Array
}

// Eight MiB, as the highest common level needs: a larger window would be memory for whoever asks for it.
const MAX_WINDOW_LOG = 23

/** @param packing how its content is packed */
export function unpacker(packing: 'gz' | 'zst'): Duplex {
  const zlib = process.getBuiltinModule('node:zlib')
  if (packing === 'gz') return zlib.createGunzip()
  const params = { [zlib.constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG }
  return zlib.createZstdDecompress({ params })
}

export function packer(packing: 'gz' | 'zst'): Duplex {
  const zlib = process.getBuiltinModule('node:zlib')
  if (packing === 'gz') return zlib.createGzip()
  return zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } })
}
