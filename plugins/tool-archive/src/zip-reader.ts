import type { OpenFile } from '@llmspell/sdk'
import type { RandomAccessReader, ZipFile } from 'yauzl'
import { damaged } from './errors.ts'
import { streamOf } from './through.ts'

type Yauzl = typeof import('yauzl')

/** The library over a file that the guarded service holds: it opens nothing by itself. */
export async function openZip(file: OpenFile): Promise<{ yauzl: Yauzl; zip: ZipFile }> {
  const yauzl = await import('yauzl')
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true }
  const reader = readerOf(yauzl, file)
  return { yauzl, zip: await yauzl.fromRandomAccessReaderPromise(reader, file.size, options) }
}

function readerOf(yauzl: Yauzl, file: OpenFile): RandomAccessReader {
  const { callbackify } = process.getBuiltinModule('node:util')
  return new (class extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number) {
      return streamOf(file.read({ offset: start, length: end - start }))
    }

    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      done: (error: Error | null) => void,
    ): void {
      const target = buffer.subarray(offset, offset + length)
      callbackify(readInto)(file, target, position, done)
    }
  })()
}

async function readInto(file: OpenFile, target: Buffer, position: number): Promise<void> {
  let at = 0
  for await (const part of file.read({ offset: position, length: target.byteLength })) {
    target.set(part, at)
    at += part.byteLength
  }
  if (at < target.byteLength) throw damaged(file.path, 'its end in the middle')
}
