import { isUtf8 } from 'node:buffer'
import type { MediaKind } from '@llmspell/sdk'
import { mismatch } from './errors.ts'
import { isTextType, kindOf, plainMime, UNKNOWN } from './mime.ts'
import { signatureOf } from './signature.ts'
import type { Signature } from './signature.ts'

/** What a content is, as far as it was looked at. */
export interface Facts {
  readonly kind: MediaKind
  readonly mime: string
  readonly format?: string
  readonly width?: number
  readonly height?: number
}

/** What somebody says that a content is: a type, and who says it (`its name 'a.png'`). */
export interface Claim {
  readonly mime: string
  readonly by: string
}

/** Formats that hold several types: what they are is said by the name. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  'application/zip': /^application\/(?:vnd\.|epub\+zip$|java-archive$|x-zip)/,
  'application/x-ole-storage': /^application\/(?:msword|vnd\.)/,
  'audio/ogg': /^(?:audio|video)\/ogg$/,
  'video/mp4': /^(?:audio|video)\/(?:mp4|x-m4v|3gpp2?|quicktime)$/,
  'audio/mp4': /^(?:audio|video)\/mp4$/,
  'video/webm': /^audio\/webm$/,
  'video/x-matroska': /^(?:audio|video)\/(?:webm|x-matroska)$/,
}

/** Types that are known by their mark: content without it is something else. */
const MARKED =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|heic|bmp|tiff)|audio\/(?:flac|ogg|wav|mp4|aiff)|video\/(?:mp4|quicktime|webm|x-matroska|x-msvideo|ogg)|application\/(?:pdf|zip))$/

/**
 * Looks at a content, or at its beginning.
 * @param cut there is more behind it
 * @throws MEDIA_MISMATCH where it is not what is claimed
 */
export function factsOf(bytes: Uint8Array, claim: Claim | undefined, cut = false): Facts {
  const said = claim && plainMime(claim.mime)
  const claimed = said === UNKNOWN ? undefined : said
  const signature = signatureOf(bytes)
  if (signature) return marked(signature, claimed, claim)
  const isText = isPlainText(bytes, cut)
  if (claimed === undefined) return plain(isText ? 'text/plain' : UNKNOWN)
  const fits = isText ? isTextType(claimed) || isOpen(claimed) : isOpen(claimed)
  if (!fits) throw mismatch(claim!, isText ? 'text' : 'other bytes')
  return plain(claimed)
}

const plain = (mime: string): Facts => ({ kind: kindOf(mime), mime })

/** Neither text nor known by a mark: the claim is all there is. */
const isOpen = (mime: string): boolean => !isTextType(mime) && !MARKED.test(mime)

function marked(found: Signature, claimed: string | undefined, claim: Claim | undefined): Facts {
  const isSame = claimed === undefined || claimed === found.mime
  if (!isSame && !CONTAINERS[found.mime]?.test(claimed)) throw mismatch(claim!, found.mime)
  const mime = claimed ?? found.mime
  const { format, width, height } = found
  const size = width === undefined || height === undefined ? {} : { width, height }
  return { kind: kindOf(mime), mime, format, ...size }
}

/** UTF-8 without zeros; the last character of a beginning may be cut. */
function isPlainText(bytes: Uint8Array, cut: boolean): boolean {
  if (bytes.includes(0)) return false
  if (isUtf8(bytes)) return true
  if (!cut) return false
  return [1, 2, 3].some((count) => isUtf8(bytes.subarray(0, -count)))
}
