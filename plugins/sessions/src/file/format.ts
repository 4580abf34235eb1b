import { SpellError } from '@llmspell/sdk'
import type { AdoptedRun, ArtifactInfo, Json } from '@llmspell/sdk'
import type { SessionInfo } from '../types.ts'

/** First words of a file: another version is another number. */
export const FORMAT = 'llmspell-session'
export const VERSION = 1
/** Sorts of frames: the head and the trailer are those of a backup of the store. */
export const SORT = { head: 1, trailer: 3, item: 4, bytes: 5 } as const
/** Bytes of content in one frame. */
export const PIECE = 256 * 1024

export interface Head {
  readonly format: typeof FORMAT
  readonly version: number
}

export interface Trailer {
  readonly items: number
  /** Of all frames before, in hex. */
  readonly sha256: string
}

export type RunHead = Omit<AdoptedRun, 'records'>
export type RecordBody = AdoptedRun['records'][number]

/** One part of a file. `length`: bytes of content that follow it. */
export type Item =
  | { readonly kind: 'session'; readonly info: SessionInfo }
  | {
      readonly kind: 'state'
      readonly key: string
      readonly value?: Json
      readonly length?: number
      /** ms since the epoch. */
      readonly expiresAt?: number
    }
  | { readonly kind: 'blob'; readonly hash: string; readonly length: number }
  | { readonly kind: 'run'; readonly run: RunHead }
  | { readonly kind: 'record'; readonly body: RecordBody }
  | {
      readonly kind: 'artifact'
      readonly info: Omit<ArtifactInfo, 'session' | 'bytes'>
      readonly length: number
    }

/** A file that is not what was written, or never was one. */
export function damagedFile(found: string, cause?: unknown): SpellError {
  return new SpellError(
    'SESSION_FILE_DAMAGED',
    `The file cannot be imported: expected a whole export of a session, found ${found}.`,
    { hint: 'Export the session again, or copy the file again.', ...(cause ? { cause } : {}) },
  )
}

export function newerFile(version: number): SpellError {
  return new SpellError(
    'SESSION_FILE_NEWER',
    `The file cannot be imported: expected version ${VERSION} of the format, found ${version}.`,
    { hint: 'Import it with the llmspell that made it, or a newer one.' },
  )
}
