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
  readonly metadata?: Value
}

export type ArtifactFacts = Pick<ArtifactInfo, 'name' | 'mime' | 'run' | 'metadata'>

/** Service `artifacts`: a store of whole contents by hash. */
export interface Artifacts {
  /** Stores content as it comes, in flat memory. @throws ARTIFACT_TOO_LARGE, ARTIFACT_FAILED */
  save(content: Uint8Array | AsyncIterable<Uint8Array>, facts: ArtifactFacts): Promise<ArtifactInfo>
  /** @throws ARTIFACT_NOT_FOUND */
  info(id: string): Promise<ArtifactInfo>
  /** In pieces of at most 64 KiB. @throws ARTIFACT_NOT_FOUND, ARTIFACT_DAMAGED */
  read(id: string, range?: ByteRange): AsyncIterable<Uint8Array>
  /** Newest last. */
  list(filter?: { readonly run?: string }): Promise<readonly ArtifactInfo[]>
  /** False where there was none. */
  remove(id: string): Promise<boolean>
}

declare module '../services.ts' {
  interface Services {
    artifacts: Artifacts
  }
}
