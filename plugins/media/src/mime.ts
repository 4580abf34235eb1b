import type { MediaKind } from '@llmspell/sdk'

/** Type of content by the ending of a name. */
const ENDINGS: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  ogv: 'video/ogg',
  pdf: 'application/pdf',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  epub: 'application/epub+zip',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  csv: 'text/csv',
  js: 'text/javascript',
  ts: 'text/plain',
  lua: 'text/plain',
  json: 'application/json',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  toml: 'application/toml',
}

/** Other names for the same type. */
const SAME: Readonly<Record<string, string>> = {
  'binary/octet-stream': 'application/octet-stream',
  'application/binary': 'application/octet-stream',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/heif': 'image/heic',
  'image/x-ms-bmp': 'image/bmp',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-aiff': 'audio/aiff',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'video/avi': 'video/x-msvideo',
  'text/json': 'application/json',
  'text/xml': 'application/xml',
}

/** What says nothing of the content. */
export const UNKNOWN = 'application/octet-stream'

const TEXT =
  /^text\/|^application\/(?:json|xml|javascript|ecmascript|yaml|toml|x-sh|sql|graphql|x-ndjson)$|\+(?:json|xml|yaml)$/

/** Lower case, without parameters, under the usual name. */
export function plainMime(mime: string): string {
  const bare = mime.split(';')[0]!.trim().toLowerCase()
  return SAME[bare] ?? bare
}

/** The type that the ending of a name stands for, if it is known. */
export function mimeOfName(name: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined
}

/** True for a type whose content is text. */
export function isTextType(mime: string): boolean {
  return TEXT.test(mime)
}

/** What people would call it. A drawing in SVG is an image, though its content is text. */
export function kindOf(mime: string): MediaKind {
  const family = mime.split('/')[0]
  if (family === 'image' || family === 'audio' || family === 'video') return family
  return isTextType(mime) ? 'text' : 'document'
}
