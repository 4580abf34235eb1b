import type { Readable } from 'node:stream'
import type { Files, ToolCall } from '@llmspell/sdk'
import type { Source } from './sources.ts'
import { streamOf } from './through.ts'

const MODE = 0o100644

/** A zip of the files, each opened when its turn comes. Modes are not those of the files. */
export async function* zipOf(
  files: Files,
  sources: readonly Source[],
  call: ToolCall,
): AsyncGenerator<Uint8Array> {
  const { ZipFile } = await import('yazl')
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  for (const source of sources) {
    const options = { mtime: new Date(source.modified), mode: MODE }
    zip.addReadStreamLazy(source.name, options, (take) =>
      take(null, streamOf(bytesOf(files, source, call))),
    )
  }
  zip.end()
  for await (const part of output) yield part as Uint8Array
}

/** The bytes of a file, which is open only while they are read. */
export async function* bytesOf(
  files: Files,
  { path }: Source,
  call: ToolCall,
): AsyncGenerator<Uint8Array> {
  await using file = await files.open(path, call)
  yield* file.read()
}
