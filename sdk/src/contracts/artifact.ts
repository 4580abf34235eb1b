import type { Value } from '../values.ts'
import type { ByteRange } from './files.ts'

/** Content that is too large for a result, or that shall be kept. */
export interface ArtifactInfo {
  /** `sha256-` and 64 hex digits of the content: the same content is stored once. */
  readonly id: string
  readonly name: string
  readonly mime: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly created: string
  readonly run?: string
  /** The session that it was asked for in. */
  readonly session?: string
  /** Its number there, from 1. */
  readonly sequence?: number
  readonly metadata?: Value
}

export interface ArtifactFacts extends Pick<
  ArtifactInfo,
  'name' | 'mime' | 'run' | 'session' | 'metadata'
> {
  /** Of what was kept elsewhere before: its number and its time there. */
  readonly kept?: { readonly sequence: number; readonly created: string }
}

/** Service `artifacts`: a store of whole contents by hash. */
export interface Artifacts {
  /**
   * Stores content as it comes, in flat memory. With a session it belongs to that one, with name and facts of its own there.
   * @throws ARTIFACT_TOO_LARGE, ARTIFACT_FAILED
   */
  save(content: Uint8Array | AsyncIterable<Uint8Array>, facts: ArtifactFacts): Promise<ArtifactInfo>
  /** @throws ARTIFACT_NOT_FOUND */
  info(id: string): Promise<ArtifactInfo>
  /** In pieces of at most 64 KiB. @throws ARTIFACT_NOT_FOUND, ARTIFACT_DAMAGED */
  read(id: string, range?: ByteRange): AsyncIterable<Uint8Array>
  /** Newest last; of a session in the order of their numbers, with what is known of them there. */
  list(filter?: {
    readonly run?: string
    readonly session?: string
  }): Promise<readonly ArtifactInfo[]>
  /** Also from all sessions. False where there was none. */
  remove(id: string): Promise<boolean>
  /** A session lets go of one, or of all: what nobody else holds is removed. How many entries that were. */
  release(session: string, id?: string): Promise<number>
}

declare module '../services.ts' {
  interface Services {
    artifacts: Artifacts
  }
}
