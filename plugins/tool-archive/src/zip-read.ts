import { printable } from '@llmspell/sdk'
import type { OpenFile } from '@llmspell/sdk'
import type { Entry as ZipEntry, ZipFile } from 'yauzl'
import type { Entry, Kind } from './entry.ts'
import { damaged, refused } from './errors.ts'
import type { Meter } from './meter.ts'
import { cut } from './names.ts'
import { overlap } from './zip-overlap.ts'
import type { Span } from './zip-overlap.ts'
import { openZip } from './zip-reader.ts'

const STORED = 0
const DEFLATED = 8
const UTF8_NAME = 0x800
const FILE_TYPE = 0o170000
const OWNER_RUNS = 0o100

/** The entries in the order of the directory at the end of the file. */
export async function* zipEntries(file: OpenFile, meter: Meter): AsyncGenerator<Entry> {
  const { yauzl, zip } = await openZip(file)
  meter.entry(zip.entryCount)
  const nameOf = (entry: ZipEntry): string =>
    yauzl.getFileNameLowLevel(
      entry.generalPurposeBitFlag,
      entry.fileNameRaw,
      entry.extraFields,
      true,
    )
  const spans: Span[] = []
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry)
    spans.push(await spanOf(file, zip, entry, name))
    yield entryOf(file, zip, entry, name, meter)
  }
  const shared = overlap(spans)
  if (shared) {
    const [one, other] = shared
    throw refused(file.path, other.name, `shares bytes with '${printable(one.name)}'`)
  }
}

/** Compares both headers of an entry: readers differ in which of them they believe. */
async function spanOf(file: OpenFile, zip: ZipFile, entry: ZipEntry, name: string): Promise<Span> {
  const local = await zip.readLocalFileHeaderPromise(entry)
  const same =
    local.fileName.equals(entry.fileNameRaw) &&
    local.compressionMethod === entry.compressionMethod &&
    ((local.generalPurposeBitFlag ^ entry.generalPurposeBitFlag) & UTF8_NAME) === 0
  if (!same) throw damaged(file.path, `two headers of '${name}' that say different things`)
  const end = local.fileDataStart + entry.compressedSize
  if (end > file.size) throw damaged(file.path, `an entry '${name}' that ends after its file`)
  return { start: entry.relativeOffsetOfLocalHeader, end, name: cut(name) }
}

function entryOf(file: OpenFile, zip: ZipFile, entry: ZipEntry, name: string, meter: Meter): Entry {
  const kind = kindOf(entry, name)
  const fault = faultOf(entry, kind)
  return {
    name,
    kind,
    bytes: entry.uncompressedSize,
    executable: (modeOf(entry) & OWNER_RUNS) !== 0,
    modified: entry.getLastModDate({ timezone: 'UTC' }).toISOString(),
    ...(fault === undefined ? {} : { fault }),
    content: () => content(file, zip, entry, name, meter),
  }
}

function faultOf(entry: ZipEntry, kind: Kind): string | undefined {
  if (kind === 'folder' && entry.uncompressedSize > 0) return 'is a folder that has contents'
  if (entry.isEncrypted()) return 'is encrypted, and no password is taken'
  const { compressionMethod: method } = entry
  if (method === STORED || method === DEFLATED) return undefined
  return `is packed by method ${method}, expected deflate or none`
}

/** Archivers of Unix keep the mode of a file in the upper half; of others nothing is known. */
function modeOf({ versionMadeBy, externalFileAttributes }: ZipEntry): number {
  return versionMadeBy >> 8 === 3 ? externalFileAttributes >>> 16 : 0
}

function kindOf(entry: ZipEntry, name: string): Kind {
  const type = modeOf(entry) & FILE_TYPE
  if (type === 0o120000) return 'link'
  if (type === 0o040000 || name.endsWith('/')) return 'folder'
  return type === 0 || type === 0o100000 ? 'file' : 'device'
}

async function* content(
  file: OpenFile,
  zip: ZipFile,
  entry: ZipEntry,
  name: string,
  meter: Meter,
): AsyncGenerator<Uint8Array> {
  const { crc32 } = process.getBuiltinModule('node:zlib')
  const stream = await zip.openReadStreamPromise(entry)
  let [bytes, sum] = [0, 0]
  for await (const part of stream as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    meter.bytes(part.byteLength, entry.compressedSize, bytes)
    sum = crc32(part, sum)
    yield part
  }
  if (bytes !== entry.uncompressedSize) throw damaged(file.path, `a wrong length of '${name}'`)
  if (sum !== entry.crc32) throw damaged(file.path, `a wrong checksum of '${name}'`)
}
