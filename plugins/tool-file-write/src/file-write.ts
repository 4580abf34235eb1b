import { printable } from '@llmspell/sdk'
import type { Files, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { encode } from './encode.ts'
import type { FileWriteInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { FileWriteResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { preview } from './preview.ts'

/** The tool, over the guarded file service: it writes nothing by itself. */
export function fileWrite(files: Files): Tool<FileWriteInput> {
  return {
    validate,
    validateOutput,
    effectOf({ mode, preview: only }) {
      if (only) return 'pure'
      // A file that is created cannot be created again.
      return mode === 'replace' ? 'idempotent' : 'unsafe'
    },
    async execute(input, call) {
      const bytes = encode(input)
      return input.preview
        ? shown(await preview(files, input, bytes, call))
        : said(await write(files, input, bytes, call), input)
    },
  }
}

async function write(
  files: Files,
  { path, mode, parents }: FileWriteInput,
  bytes: Buffer,
  call: ToolCall,
): Promise<FileWriteResult> {
  const facts = { bytes: bytes.byteLength }
  await using file = await files.write(path, call, { mode, parents, facts })
  await file.write(bytes)
  return { path: file.path, ...(await file.commit()), written: true }
}

function said(result: FileWriteResult, { mode }: FileWriteInput): ToolOutput {
  const { path, bytes, created } = result
  const verb = created ? 'Created' : mode === 'append' ? 'Appended to' : 'Replaced'
  return {
    result: { ...result },
    text: `${verb} ${printable(path)} (${bytes} bytes).`,
    operation: created ? 'create' : mode,
  }
}

function shown(result: FileWriteResult): ToolOutput {
  const { diff, no_diff: reason } = result
  const text = diff === '' ? 'Nothing would change.' : (diff ?? `No difference to show: ${reason}.`)
  return { result: { ...result }, text, operation: 'preview' }
}
