import { globMatcher } from '@llmspell/sdk'
import type { FileEntry } from '@llmspell/sdk'
import type { DirectoryListInput } from './generated/input.ts'
import type { DirectoryListResult } from './generated/output.ts'

export type Entry = DirectoryListResult['entries'][number]

/** Whether an entry is one that was asked for. */
export function filterOf({ pattern, kinds }: DirectoryListInput): (entry: FileEntry) => boolean {
  const matches = pattern === undefined ? undefined : globMatcher(pattern)
  return (entry) => (kinds?.includes(entry.kind) ?? true) && (matches?.(belowFolder(entry)) ?? true)
}

/** What a caller may see of an entry: never its place on the host. */
export function entryOf(
  { path, kind, depth, bytes, modified, mode, error }: FileEntry,
  { metadata }: DirectoryListInput,
): Entry {
  return {
    path,
    kind,
    depth,
    ...(metadata ? { bytes, modified, mode } : {}),
    ...(error === undefined ? {} : { error }),
  }
}

/** Largest or newest first, and by name among equals. */
export function sorted(
  found: readonly FileEntry[],
  by: DirectoryListInput['sort'],
): readonly FileEntry[] {
  if (by === 'name') return found
  const rank = (entry: FileEntry): number =>
    by === 'size' ? entry.bytes : Date.parse(entry.modified)
  return found.toSorted((a, b) => rank(b) - rank(a))
}

/** The names from the listed folder on. */
function belowFolder({ path, depth }: FileEntry): string {
  return path.split('/').slice(-depth).join('/')
}
