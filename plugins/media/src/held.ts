import type { CallContext, HandleRef } from '@llmspell/sdk'
import { HeldContent } from './content.ts'
import type { Content } from './content.ts'
import { tooLarge } from './errors.ts'
import type { MediaConfig } from './generated/config.ts'

/** The handle of a content: what is known of it can be read without a call. */
export function handleOf(content: Content, context: CallContext): HandleRef {
  return context.handle('Media', content, fieldsOf(content))
}

/** What is known of a content, in the names of scripts. */
export function fieldsOf({ kind, mime, bytes, name, width, height, format }: Content) {
  const fields = { kind, mime, size: bytes, name, width, height, format }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Keeps bytes for a run, which may keep only so many. @throws MEDIA_TOO_LARGE, MEDIA_MISMATCH */
export function hold(
  bytes: Uint8Array,
  mime: string | undefined,
  context: CallContext,
  { maxBytes, maxHeldBytes }: MediaConfig,
  name?: string,
): HandleRef {
  const shelf = context.share('media', () => ({ value: { bytes: 0 } }))
  const all = shelf.bytes + bytes.length
  if (bytes.length > maxBytes) throw tooLarge('The content', maxBytes, bytes.length)
  if (all > maxHeldBytes) {
    const hint = 'Write contents to files, and name these with Media.file.'
    throw tooLarge('What the run holds as media', maxHeldBytes, all, hint)
  }
  const content = new HeldContent(bytes, mime, maxBytes, name)
  shelf.bytes = all
  return handleOf(content, context)
}
