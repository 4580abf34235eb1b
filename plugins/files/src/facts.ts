import type { Stats } from 'node:fs'
import type { FileFacts, FileKind } from '@llmspell/sdk'

/** What the system tells of a name. */
export function factsOf(path: string, place: string, info: Stats): FileFacts {
  return {
    path,
    place,
    kind: kindOf(info),
    bytes: info.size,
    modified: info.mtime.toISOString(),
    mode: `0${(info.mode & 0o777).toString(8).padStart(3, '0')}`,
  }
}

interface Kinds {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

export function kindOf(info: Kinds): FileKind {
  if (info.isFile()) return 'file'
  if (info.isDirectory()) return 'folder'
  return info.isSymbolicLink() ? 'link' : 'other'
}
