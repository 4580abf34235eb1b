import { bytesText } from '@llmspell/sdk'
import type { Files, Jail, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { worked } from './decode.ts'
import { tooLarge } from './errors.ts'
import type { ImageConfig } from './generated/config.ts'
import type { ImageInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { ImageResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { checkRequest, wantedFormat } from './request.ts'
import { sourceOf } from './source.ts'
import type { Facts } from './work.ts'

/** What the tool works with. */
export interface Means {
  readonly files: Files
  readonly jail: Jail
  readonly config: ImageConfig
}

/** Base64 of more than this belongs into a file. */
const MOST_INLINE = 512 * 1024

/** The tool. The image is decoded in a process of its own, from bytes: the decoder opens no file. */
export function image(means: Means): Tool<ImageInput> {
  return {
    validate,
    validateOutput,
    effectOf: ({ to, mode }) =>
      to === undefined ? 'pure' : mode === 'replace' ? 'idempotent' : 'unsafe',
    async execute(input, call) {
      checkRequest(input)
      const source = await sourceOf(input, call, means)
      if (input.operation === 'info') return looked(input, call, means, source)
      return changed(input, call, means, source)
    },
  }
}

async function looked(
  input: ImageInput,
  call: ToolCall,
  means: Means,
  source: Uint8Array,
): Promise<ToolOutput> {
  const { facts } = await worked(means, call, work(input, means), source)
  const named = input.path === undefined ? {} : { path: input.path }
  return output(input, { ...named, ...resultOf(facts, source.byteLength) })
}

async function changed(
  input: ImageInput,
  call: ToolCall,
  means: Means,
  source: Uint8Array,
): Promise<ToolOutput> {
  const { facts, bytes } = await worked(means, call, work(input, means), source)
  const result = resultOf(facts, bytes.byteLength)
  if (input.to !== undefined) {
    return output(input, {
      ...(await stored({ ...input, to: input.to }, call, means, bytes)),
      ...result,
    })
  }
  if (bytes.byteLength > MOST_INLINE) throw tooLarge('The new image', MOST_INLINE, bytes.byteLength)
  return output(input, { base64: Buffer.from(bytes).toString('base64'), ...result })
}

async function stored(
  { to, mode = 'create' }: ImageInput & { readonly to: string },
  call: ToolCall,
  { files, config }: Means,
  bytes: Uint8Array,
): Promise<Pick<ImageResult, 'path' | 'created'>> {
  await using file = await files.write(to, call, { mode, maxBytes: config.maxBytes })
  await file.write(bytes)
  const { created } = await file.commit()
  return { path: file.path, created }
}

function work(input: ImageInput, { config }: Means) {
  const { path: _path, base64: _base64, to: _to, mode: _mode, ...asked } = input
  const format = wantedFormat(input)
  return { ...asked, ...(format ? { format } : {}), maxPixels: config.maxPixels }
}

function resultOf(facts: Facts, bytes: number): ImageResult {
  return { ...facts, mime: `image/${facts.format}`, bytes }
}

function output({ operation }: ImageInput, result: ImageResult): ToolOutput {
  const { path, format, width, height, bytes, base64 } = result
  const name = path === undefined ? '' : `${path}: `
  const text = `${name}${format.toUpperCase()}, ${width} x ${height} pixels, ${bytesText(bytes)}`
  const where = base64 === undefined ? '' : '; the image is in result.base64 (use --json, or to)'
  return { result: { ...result }, text: text + where, operation }
}
