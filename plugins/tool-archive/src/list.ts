import { printable } from '@llmspell/sdk'
import type { ToolOutput } from '@llmspell/sdk'
import { Checker } from './checker.ts'
import type { Archive, Entry } from './entry.ts'
import type { ArchiveResult } from './generated/output.ts'

type Row = ArchiveResult['entries'][number]

/** What is in an archive, all of it read, and what extract would say to each name. */
export async function list(archive: Archive, limit: number): Promise<ToolOutput> {
  const checker = new Checker(archive)
  const entries: Row[] = []
  let [files, bytes, count] = [0, 0, 0]
  for await (const entry of archive.entries()) {
    const row = await rowOf(entry, checker)
    if (count++ < limit) entries.push(row)
    files += row.kind === 'file' ? 1 : 0
    bytes += row.bytes ?? 0
  }
  const { path, format } = archive
  const result: ArchiveResult = { path, format, files, bytes, entries, truncated: count > limit }
  return { result: { ...result }, text: entries.map(lineOf).join('\n'), operation: 'list' }
}

async function rowOf(entry: Entry, checker: Checker): Promise<Row> {
  const verdict = checker.check(entry)
  const bytes = entry.kind === 'file' ? (entry.bytes ?? (await lengthOf(entry))) : undefined
  return {
    name: printable(entry.name, 1024),
    kind: entry.kind,
    ...(bytes === undefined ? {} : { bytes }),
    ...(entry.modified === undefined ? {} : { modified: entry.modified }),
    ...('fault' in verdict ? { refused: verdict.fault } : {}),
  }
}

/** By reading it: the format does not say. */
async function lengthOf(entry: Entry): Promise<number> {
  let bytes = 0
  for await (const part of entry.content()) bytes += part.byteLength
  return bytes
}

function lineOf({ name, kind, bytes, refused }: Row): string {
  const size = bytes === undefined ? kind : `${bytes} bytes`
  return `${name}  ${size}${refused === undefined ? '' : `  (refused: ${refused})`}`
}
