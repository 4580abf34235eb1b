import type { GrantChain } from './permission.ts'

/** Who opens a file, with which rights. A ToolCall is one. */
export interface FileAccess {
  /** For texts: `Tool 'file-read'`. */
  readonly subject: string
  readonly grants: GrantChain
  /** Folder that relative paths start from. */
  readonly root: string
  readonly signal?: AbortSignal
}

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

/** Service `files`: the file system for plugins, under the caller's grants. */
export interface Files {
  /**
   * Opens a regular file for reading. The path is a literal name: nothing in it is decoded or expanded.
   * @throws PATH_INVALID, PERMISSION_DENIED, FILE_NOT_FOUND, FILE_NOT_REGULAR, FILE_TOO_LARGE, FILE_UNREADABLE
   */
  open(path: string, access: FileAccess, options?: OpenOptions): Promise<OpenFile>
}

declare module '../services.ts' {
  interface Services {
    files: Files
  }
}
