import { imageHeader, inputInvalid } from '@llmspell/sdk'
import type { ImageHeader, ToolCall } from '@llmspell/sdk'
import { notAnImage, tooManyPixels } from './errors.ts'
import type { OcrInput } from './generated/input.ts'
import type { Means } from './ocr.ts'

/**
 * The bytes of the page. Its size is checked by its header, before anything decodes it.
 * @throws INPUT_INVALID, OCR_FAILED, OCR_TOO_LARGE; what `files.open` throws
 */
export async function sourceOf(
  input: OcrInput,
  call: ToolCall,
  means: Means,
): Promise<{ readonly bytes: Uint8Array; readonly header: ImageHeader }> {
  const shown = input.path ?? 'base64'
  const bytes = await given(input, call, means)
  const header = imageHeader(bytes)
  if (!header) throw notAnImage(shown)
  const { width, height } = header
  const { maxPixels } = means.config
  if (width * height > maxPixels) throw tooManyPixels(shown, maxPixels, `${width} x ${height}`)
  return { bytes, header }
}

function given({ path, base64 }: OcrInput, call: ToolCall, means: Means): Promise<Uint8Array> {
  if (path !== undefined && base64 === undefined) return read(path, call, means)
  if (base64 !== undefined && path === undefined) {
    return Promise.resolve(Buffer.from(base64, 'base64'))
  }
  const found = path === undefined ? 'neither' : 'both'
  throw inputInvalid("Tool 'ocr'", [{ path: 'path', expected: "either 'path' or 'base64'", found }])
}

async function read(path: string, call: ToolCall, { files, config }: Means): Promise<Uint8Array> {
  await using file = await files.open(path, call, { maxBytes: config.maxBytes })
  const pieces: Uint8Array[] = []
  for await (const piece of file.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}
