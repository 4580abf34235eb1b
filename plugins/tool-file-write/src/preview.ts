import { isSpellError, printable } from '@llmspell/sdk'
import type { Files, ToolCall } from '@llmspell/sdk'
import type { FileWriteInput } from './generated/input.ts'
import type { FileWriteResult } from './generated/output.ts'

/** Of each side; what is larger is not compared. In bytes. */
const MAX_SIDE = 1024 * 1024
const MAX_DIFF = 256 * 1024
/** Lines that may differ, and how long to look for them: the host does nothing else meanwhile. In ms. */
const EFFORT = { maxEditLength: 4000, timeout: 100 }

type Change = Pick<FileWriteResult, 'diff' | 'no_diff'>

/** What would change. The file is read under its own grant, and nothing is written. */
export async function preview(
  files: Files,
  input: FileWriteInput,
  bytes: Buffer,
  call: ToolCall,
): Promise<FileWriteResult> {
  const { path } = input
  const present = await read(files, path, call)
  const facts = { path, bytes: bytes.byteLength, created: present === undefined, written: false }
  if (present && input.mode === 'create') return { ...facts, no_diff: 'the file exists already' }
  const before = present ?? Buffer.alloc(0)
  const after = input.mode === 'append' ? Buffer.concat([before, bytes]) : bytes
  return { ...facts, ...(await changeOf(path, before, after)) }
}

/** Undefined where there is no such file. */
async function read(files: Files, path: string, call: ToolCall): Promise<Buffer | undefined> {
  try {
    await using file = await files.open(path, call)
    return Buffer.concat(await Array.fromAsync(file.read({ length: MAX_SIDE + 1 })))
  } catch (error) {
    if (isSpellError(error) && error.code === 'FILE_NOT_FOUND') return undefined
    throw error
  }
}

async function changeOf(path: string, before: Buffer, after: Buffer): Promise<Change> {
  if (Math.max(before.byteLength, after.byteLength) > MAX_SIDE) {
    return { no_diff: `more than ${MAX_SIDE} bytes are not compared` }
  }
  const [from, to] = [textOf(before), textOf(after)]
  if (from === undefined || to === undefined) return { no_diff: 'one side is no UTF-8 text' }
  if (from === to) return { diff: '' }
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff')
  const name = printable(path)
  const options = { ...EFFORT, context: 3, headerOptions: FILE_HEADERS_ONLY }
  const diff = createTwoFilesPatch(name, name, from, to, undefined, undefined, options)
  if (diff === undefined) return { no_diff: 'too much differs to be found in short time' }
  return diff.length > MAX_DIFF ? { no_diff: 'the difference is too long to be shown' } : { diff }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return bytes.includes(0) ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
