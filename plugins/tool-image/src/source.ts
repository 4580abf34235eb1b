import { imageHeader, inputInvalid } from '@llmspell/sdk'
import type { ToolCall } from '@llmspell/sdk'
import { notAnImage, tooManyPixels } from './errors.ts'
import type { ImageConfig } from './generated/config.ts'
import type { ImageInput } from './generated/input.ts'
import type { Means } from './image.ts'

/**
 * The bytes of the image, whose header is looked at before any decoder sees them.
 * @throws IMAGE_INVALID, IMAGE_TOO_LARGE; what `files.open` throws
 */
export async function sourceOf(
  input: ImageInput,
  call: ToolCall,
  means: Means,
): Promise<Uint8Array> {
  const bytes = input.path === undefined ? decoded(input) : await read(input.path, call, means)
  checkHeader(bytes, input.path ?? 'base64', means.config)
  return bytes
}

/** @throws IMAGE_INVALID, IMAGE_TOO_LARGE */
export function checkHeader(
  bytes: Uint8Array,
  shown: string,
  { maxPixels }: Pick<ImageConfig, 'maxPixels'>,
): void {
  const header = imageHeader(bytes)
  if (!header) throw notAnImage(shown, found(bytes))
  const { width, height } = header
  if (width * height > maxPixels) throw tooManyPixels(shown, maxPixels, `${width} x ${height}`)
}

async function read(path: string, call: ToolCall, { files, config }: Means): Promise<Uint8Array> {
  await using file = await files.open(path, call, { maxBytes: config.maxBytes })
  const pieces: Uint8Array[] = []
  for await (const piece of file.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

function decoded({ base64 = '' }: ImageInput): Uint8Array {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
    return Buffer.from(base64, 'base64')
  }
  throw inputInvalid("Tool 'image'", [
    { path: 'base64', expected: 'base64 without blanks or a data: prefix', found: 'other text' },
  ])
}

function found(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'nothing'
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 256)).trimStart()
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]/is.test(start)) return 'SVG, which is off'
  if (/^(?:<!doctype html|<html)/i.test(start)) return 'HTML'
  return `${bytes.byteLength} bytes of something else, or a cut header`
}
