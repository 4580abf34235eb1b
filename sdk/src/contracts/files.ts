import type { Value } from '../values.ts'
import type { Access } from './permission.ts'

export interface OpenOptions {
  /** Refuses a file that is, or while read becomes, larger; default the plugin's config. */
  readonly maxBytes?: number
}

/** A part of a file in bytes. */
export interface ByteRange {
  /** From 0. */
  readonly offset?: number
  /** Default: to the end. */
  readonly length?: number
  /** The next piece may overwrite the one before, for a reader that keeps none: memory stays flat. Default false. */
  readonly reuse?: boolean
}

/** A file that was checked and is held by its descriptor: what happens to its name no longer matters. */
export interface OpenFile extends AsyncDisposable {
  /** For people: relative to the root, or as it was asked for where it lies outside. */
  readonly path: string
  /** In bytes when it was opened. It may grow. */
  readonly size: number
  /**
   * The bytes in pieces of at most 64 KiB. May be read more than once, also at the same time.
   * @throws FILE_TOO_LARGE past the cap; CANCELLED; FILE_UNREADABLE
   */
  read(range?: ByteRange): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

export interface WriteOptions {
  /**
   * `create`: refuses an existing file; `replace`: puts the whole new file in the place of the old one, at once;
   * `append`: adds to the end.
   */
  readonly mode: 'create' | 'replace' | 'append'
  /** Makes missing folders, each under the same grant. Default false. */
  readonly parents?: boolean
  /** Refuses to write more; default the plugin's config. */
  readonly maxBytes?: number
  /** Lets a new file be run as a program. One that is replaced keeps its rights. Default false. */
  readonly executable?: boolean
  /** What a person who is asked should know besides the mode: bytes, a diff. */
  readonly facts?: Readonly<Record<string, Value>>
}

/** A file being written. Nothing shows under its name before `commit`, except what `append` adds. */
export interface NewFile extends AsyncDisposable {
  readonly path: string
  /** @throws FILE_TOO_LARGE, FILE_UNWRITABLE, CANCELLED */
  write(bytes: Uint8Array): Promise<void>
  /** Puts it in its place, durably. @throws FILE_EXISTS, FILE_UNWRITABLE */
  commit(): Promise<{ readonly bytes: number; readonly created: boolean }>
  /** Leaves everything as it was. Disposing without `commit` does the same. */
  abort(): Promise<void>
}

export type FileKind = 'file' | 'folder' | 'link' | 'other'

/** What is known of a name. */
export interface FileFacts {
  /** For people: relative to the root, or as it was asked for where it lies outside. */
  readonly path: string
  /** Absolute and real; for the host only, never for a script or model. */
  readonly place: string
  readonly kind: FileKind
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly modified: string
  /** As `0644`. */
  readonly mode: string
}

export interface ListOptions {
  /** Folders below the first; 0 lists one folder. Default 0. */
  readonly depth?: number
  /** Default: ends with FILES_LIMIT past the plugin's config. */
  readonly maxEntries?: number
  /** Names that start with a dot. Default true. */
  readonly hidden?: boolean
}

/** One entry of a listing, or a folder that could not be listed: then `error` has its code. */
export interface FileEntry extends FileFacts {
  /** From 1 for what lies in the listed folder itself. */
  readonly depth: number
  readonly error?: string
}

/** Service `files`: the file system for plugins, under the caller's grants. Paths are literal names: nothing is decoded. */
export interface Files {
  /**
   * Opens a regular file for reading.
   * @throws PATH_INVALID, PERMISSION_DENIED, FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_TOO_LARGE, FILE_UNREADABLE
   */
  open(path: string, access: Access, options?: OpenOptions): Promise<OpenFile>
  /**
   * Begins to write a regular file: no link is followed, each folder on the way is held while it is walked.
   * @throws PATH_INVALID, PERMISSION_DENIED, PATH_PROTECTED, FILE_EXISTS, FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_UNWRITABLE
   */
  write(path: string, access: Access, options: WriteOptions): Promise<NewFile>
  /**
   * Facts of one name, under `read`; of a link itself, not of what it leads to.
   * @throws PATH_INVALID, PERMISSION_DENIED, FILE_NOT_FOUND, FILE_NOT_REGULAR for what belongs to the system
   */
  stat(path: string, access: Access): Promise<FileFacts>
  /**
   * What lies in a folder, in order of names, folders before what is in them. Never goes through a link.
   * What the caller may not read is left out.
   * @throws PATH_INVALID, PERMISSION_DENIED, FILE_NOT_FOUND, FOLDER_EXPECTED, FILES_LIMIT
   */
  list(path: string, access: Access, options?: ListOptions): AsyncIterable<FileEntry>
  /**
   * Whether `write` refuses the path as PATH_PROTECTED though its folder is granted: what lies there can run or decide
   * later, and no rule names exactly this file. Looks at the name only.
   */
  protects(path: string, access: Access): boolean
}

declare module '../services.ts' {
  interface Services {
    files: Files
  }
}
