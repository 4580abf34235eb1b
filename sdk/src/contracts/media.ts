import type { HandleRef } from '../values.ts'
import type { Access } from './permission.ts'
import type { CallContext } from './call-context.ts'

export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'text'

/** A picture, sound, film or document. Its content stays where it is until somebody asks for it. */
export interface Media {
  /** By content, not by name, as far as the content was looked at. */
  readonly kind: MediaKind
  readonly mime: string
  readonly name?: string
  readonly bytes?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Where it is fetched from, by whoever uses it and with that one's permissions. */
  readonly url?: string
  /** @throws what opening the file or asking the address throws; MEDIA_TOO_LARGE, MEDIA_MISMATCH */
  read(access: Access, maxBytes?: number): Promise<Uint8Array>
}

/** Service `media`. */
export interface MediaStore {
  /** The object behind a script's handle of type `Media`. @throws HANDLE_UNKNOWN */
  of(ref: HandleRef, context: CallContext): Media
  /** A handle for bytes that the host has made, such as a model's picture. @throws MEDIA_MISMATCH */
  add(bytes: Uint8Array, mime: string, context: CallContext, name?: string): HandleRef
}

declare module '../services.ts' {
  interface Services {
    media: MediaStore
  }
}
