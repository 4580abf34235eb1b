import { SpellError, printable } from '@llmspell/sdk'
import type { OpenFile } from '@llmspell/sdk'
import { ByteSource } from './byte-source.ts'
import type { Archive, Entry, Format } from './entry.ts'
import { asDamage } from './errors.ts'
import type { ArchiveConfig } from './generated/config.ts'
import { Meter } from './meter.ts'
import type { Limits } from './meter.ts'
import { BLOCK, isTarBlock } from './tar-header.ts'
import { tarEntries } from './tar-read.ts'
import { through, unpacker } from './through.ts'
import { cut } from './names.ts'
import { zipEntries } from './zip-read.ts'

/**
 * The archive in an open file, which is known by its bytes.
 * @throws ARCHIVE_UNSUPPORTED for what is none
 */
export async function archiveIn(
  file: OpenFile,
  config: Readonly<ArchiveConfig>,
  signal: AbortSignal,
): Promise<Archive> {
  const limits: Limits = { ...config, path: file.path, size: file.size, signal }
  const format = await formatOf(file)
  const entries = (): AsyncIterable<Entry> => entriesOf(file, format, new Meter(limits))
  const maxNames = 2 * config.maxEntries
  return { path: file.path, format, maxNames, entries: () => withDamage(file.path, entries()) }
}

function entriesOf(file: OpenFile, format: Format, meter: Meter): AsyncIterable<Entry> {
  if (format === 'zip') return zipEntries(file, meter)
  if (format === 'gz' || format === 'zst') return single(file, format, meter)
  const bytes = format === 'tar' ? file.read() : unpacked(file, packingOf(format))
  return tarEntries({ path: file.path, meter, bytes })
}

/** Errors of libraries become ours, whether they come with an entry or with its bytes. */
async function* withDamage(path: string, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  try {
    for await (const entry of entries)
      yield {
        ...entry,
        name: cut(entry.name),
        content: () => bytesWithDamage(path, entry.content()),
      }
  } catch (error) {
    throw asDamage(path, error)
  }
}

async function* bytesWithDamage(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    throw asDamage(path, error)
  }
}

/** One packed file: it is called as the archive is, without the ending. */
async function* single(file: OpenFile, packing: 'gz' | 'zst', meter: Meter): AsyncGenerator<Entry> {
  const last = file.path.split('/').at(-1)!
  const ending = packing === 'gz' ? /\.gz$/i : /\.zstd?$/i
  const name = ending.test(last) ? last.replace(ending, '') : `${last}.out`
  yield {
    name,
    kind: 'file',
    executable: false,
    content: () => metered(unpacked(file, packing), meter),
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

function unpacked(file: OpenFile, packing: 'gz' | 'zst'): AsyncIterable<Uint8Array> {
  return through(file.read(), unpacker(packing))
}

function packingOf(format: 'tar.gz' | 'tar.zst'): 'gz' | 'zst' {
  return format === 'tar.gz' ? 'gz' : 'zst'
}

async function formatOf(file: OpenFile): Promise<Format> {
  const start = await firstBytes(file.read({ length: BLOCK }))
  const magic = start.toString('hex', 0, 4)
  if (/^504b(?:0304|0506)/.test(magic)) return 'zip'
  if (magic.startsWith('1f8b')) return (await holdsTar(file, 'gz')) ? 'tar.gz' : 'gz'
  if (magic === '28b52ffd') return (await holdsTar(file, 'zst')) ? 'tar.zst' : 'zst'
  if (isTar(start, file)) return 'tar'
  throw noArchive(file)
}

async function holdsTar(file: OpenFile, packing: 'gz' | 'zst'): Promise<boolean> {
  try {
    return isTar(await firstBytes(unpacked(file, packing)), file)
  } catch (error) {
    throw asDamage(file.path, error)
  }
}

/** A tar with nothing in it is zeros, as many other files are: then the name tells. */
function isTar(block: Buffer, { path }: OpenFile): boolean {
  if (isTarBlock(block)) return true
  const named = /\.(?:tar|tar\.gz|tgz|tar\.zstd?|tzst)$/i.test(path)
  return named && block.byteLength === BLOCK && block.every((byte) => byte === 0)
}

async function firstBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  await using source = new ByteSource(bytes)
  return await source.take(BLOCK)
}

function noArchive(file: OpenFile): SpellError {
  const message = `The file '${printable(file.path)}' is no archive: expected zip, tar, gzip or zstd, found other bytes.`
  return new SpellError('ARCHIVE_UNSUPPORTED', message, {
    hint: 'Look at what it is with file-read and encoding base64.',
    details: { path: printable(file.path) },
  })
}
