import type { Files, ToolCall } from '@llmspell/sdk'
import { changed } from './errors.ts'
import type { Source } from './sources.ts'
import { BLOCK } from './tar-header.ts'

const MODE = 0o644
const END = new Uint8Array(2 * BLOCK)

/** A tar of the format of POSIX. Modes and owners are not those of the files. */
export async function* tarOf(
  files: Files,
  sources: readonly Source[],
  call: ToolCall,
): AsyncGenerator<Uint8Array> {
  for (const source of sources) {
    await using file = await files.open(source.path, call)
    yield headerOf(source, file.size)
    let left = file.size
    for await (const part of file.read({ length: file.size })) {
      left -= part.byteLength
      yield part
    }
    if (left > 0) throw changed(source.path)
    yield new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK)
  }
  yield END
}

/** A name or size that does not fit is told by a header of its own. */
function headerOf({ name, modified }: Source, size: number): Uint8Array {
  const seconds = Math.max(0, Math.floor(Date.parse(modified) / 1000))
  const long = Buffer.byteLength(name) > 100
  const large = size >= 8 ** 11
  const facts = (long ? record('path', name) : '') + (large ? record('size', String(size)) : '')
  const header = block(long ? 'long-name' : name, '0', large ? 0 : size, seconds)
  if (facts === '') return header
  const body = Buffer.from(facts)
  const padded = Buffer.concat([body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)])
  return Buffer.concat([block('facts', 'x', body.length, seconds), padded, header])
}

/** The length at its start counts itself too. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  const length = bytes + String(bytes + String(bytes).length).length
  return `${length}${rest}`
}

function block(name: string, flag: string, size: number, seconds: number): Buffer {
  const bytes = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number): void =>
    void bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  bytes.write(name, 0, 100, 'utf8')
  octal(MODE, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(seconds, 136, 12)
  bytes.write(`        ${flag}`, 148, 'latin1')
  bytes.write('ustar\x0000', 257, 'latin1')
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}
