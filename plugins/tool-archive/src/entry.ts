export type Format = 'zip' | 'tar' | 'tar.gz' | 'tar.zst' | 'gz' | 'zst'

export type Kind = 'file' | 'folder' | 'link' | 'hard link' | 'device' | 'other'

/** One name of an archive, as it stands there: nothing of it is believed yet. */
export interface Entry {
  readonly name: string
  readonly kind: Kind
  /** As it says; absent where only reading it tells. */
  readonly bytes?: number
  /** ISO 8601, UTC. */
  readonly modified?: string
  /** Whether its owner may run it as a program. */
  readonly executable: boolean
  /** Why it cannot be read at all. */
  readonly fault?: string
  /** Its bytes, once, before the next entry is asked for. @throws ARCHIVE_DAMAGED, ARCHIVE_LIMIT */
  content(): AsyncIterable<Uint8Array>
}

/** An archive that can be gone through more than once. */
export interface Archive {
  readonly path: string
  readonly format: Format
  /** Most files and folders together, those included that are only named on the way to a file. */
  readonly maxNames: number
  /** @throws ARCHIVE_DAMAGED, ARCHIVE_LIMIT, ARCHIVE_UNSUPPORTED */
  entries(): AsyncIterable<Entry>
}
