import { SpellError, bytesText, inputInvalid } from '@llmspell/sdk'
import type { Files, ToolCall, ToolOutput } from '@llmspell/sdk'
import { counted } from './counted.ts'
import type { Format } from './entry.ts'
import { checkSignal } from './errors.ts'
import type { ArchiveConfig } from './generated/config.ts'
import type { ArchiveResult } from './generated/output.ts'
import { Pace } from './pace.ts'
import { sourcesOf } from './sources.ts'
import type { Source } from './sources.ts'
import { tarOf } from './tar-write.ts'
import { packer, through } from './through.ts'
import { bytesOf, zipOf } from './zip-write.ts'

/** What to make of what. */
export interface Creation {
  readonly from: readonly string[]
  readonly to: string
  readonly format: Format
  readonly mode: 'create' | 'replace'
  readonly limit: number
}

/** Packs files as they are read; nothing shows under the name before all of it is there. */
export async function create(
  files: Files,
  what: Creation,
  config: Readonly<ArchiveConfig>,
  call: ToolCall,
): Promise<ToolOutput> {
  const { format, to, mode, limit } = what
  const found = await sourcesOf(files, what.from, call, config.maxEntries)
  await using target = await files.write(to, call, { mode })
  const sources = found.files.filter(({ path }) => path !== target.path)
  checkCount(sources, format)
  const read = new Counted(files, what.to, call, config.maxBytes)
  for await (const part of packed(read.files, sources, format, call)) await target.write(part)
  const { bytes: size } = await target.commit()
  const result: ArchiveResult = {
    path: target.path,
    format,
    files: sources.length,
    bytes: read.bytes,
    size,
    entries: sources.slice(0, limit).map(({ name }) => ({ name, kind: 'file' })),
    skipped: found.skipped.slice(0, limit),
    truncated: Math.max(sources.length, found.skipped.length) > limit,
  }
  const text = `${counted(sources.length)}, ${bytesText(read.bytes)} packed into ${target.path}`
  return { result: { ...result }, text, operation: 'create' }
}

function packed(
  files: Files,
  sources: readonly Source[],
  format: Format,
  call: ToolCall,
): AsyncIterable<Uint8Array> {
  if (format === 'zip') return zipOf(files, sources, call)
  if (format === 'gz' || format === 'zst')
    return through(bytesOf(files, sources[0]!, call), packer(format))
  const tar = tarOf(files, sources, call)
  return format === 'tar' ? tar : through(tar, packer(format === 'tar.gz' ? 'gz' : 'zst'))
}

function checkCount(sources: readonly Source[], format: Format): void {
  const one = format === 'gz' || format === 'zst'
  if (sources.length === 1 || (sources.length > 1 && !one)) return
  const expected = one ? `one file for ${format}` : 'at least one file'
  throw inputInvalid("Tool 'archive'", [{ path: 'from', expected, found: `${sources.length}` }])
}

/** The same files, counting what is read of them. */
class Counted {
  readonly files: Files
  readonly #pace: Pace

  constructor(files: Files, to: string, call: ToolCall, maxBytes: number) {
    this.#pace = new Pace(call, 'packed')
    const open: Files['open'] = async (path, access, options) => {
      const file = await files.open(path, access, options)
      const read: typeof file.read = (range) => this.#read(file.read(range), to, call, maxBytes)
      const close = (): Promise<void> => file.close()
      return { path: file.path, size: file.size, read, close, [Symbol.asyncDispose]: close }
    }
    this.files = { ...files, open }
  }

  /** How many were read. */
  get bytes(): number {
    return this.#pace.done
  }

  async *#read(
    parts: AsyncIterable<Uint8Array>,
    to: string,
    call: ToolCall,
    maxBytes: number,
  ): AsyncGenerator<Uint8Array> {
    for await (const part of parts) {
      checkSignal(call.signal, to)
      this.#pace.add(part.byteLength)
      if (this.#pace.done > maxBytes) throw tooMuch(maxBytes)
      yield part
    }
  }
}

function tooMuch(maxBytes: number): SpellError {
  const message = `The files are too much for one archive: expected at most ${maxBytes} bytes, found more.`
  const hint = 'Pack fewer at once, or raise plugins.tool-archive.maxBytes.'
  return new SpellError('ARCHIVE_LIMIT', message, { hint })
}
