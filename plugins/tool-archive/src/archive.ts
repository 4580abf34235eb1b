import { inputInvalid } from '@llmspell/sdk'
import type { Effect, Files, SpellError, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { create } from './create.ts'
import type { Format } from './entry.ts'
import { extract } from './extract.ts'
import type { ArchiveConfig } from './generated/config.ts'
import type { ArchiveInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { list } from './list.ts'
import { archiveIn } from './open.ts'

type Operation = ArchiveInput['operation']
type Part = 'path' | 'to' | 'from' | 'format' | 'entries'

const NEEDS: Readonly<Record<Operation, readonly Part[]>> = {
  list: ['path'],
  extract: ['path', 'to'],
  create: ['from', 'to'],
}
const TAKES: Readonly<Record<Operation, readonly Part[]>> = {
  list: ['path'],
  extract: ['path', 'to', 'entries'],
  create: ['from', 'to', 'format'],
}
const PARTS: readonly Part[] = ['path', 'to', 'from', 'format', 'entries']

/** The tool, over the guarded file service: it opens and writes nothing by itself. */
export function archive(files: Files, config: Readonly<ArchiveConfig>): Tool<ArchiveInput> {
  return {
    validate,
    validateOutput,
    effectOf,
    async execute(input, call) {
      checkParts(input)
      if (input.operation === 'create') return make(files, config, input, call)
      return read(files, config, input, call)
    },
  }
}

/** The same again finds the files that the first has made. */
function effectOf({ operation, mode }: ArchiveInput): Effect {
  if (operation === 'list') return 'pure'
  return mode === 'replace' ? 'idempotent' : 'unsafe'
}

async function read(
  files: Files,
  config: Readonly<ArchiveConfig>,
  { operation, path, to, entries, mode = 'create', executable = false, limit = 1000 }: ArchiveInput,
  call: ToolCall,
): Promise<ToolOutput> {
  await using file = await files.open(path!, call)
  const found = await archiveIn(file, config, call.signal)
  if (operation === 'list') return await list(found, limit)
  return await extract(found, files, { to: to!, entries, mode, executable, limit }, call)
}

function make(
  files: Files,
  config: Readonly<ArchiveConfig>,
  { from, to, format, mode = 'create', limit = 1000 }: ArchiveInput,
  call: ToolCall,
): Promise<ToolOutput> {
  const made = format ?? byEnding(to!)
  return create(files, { from: from!, to: to!, format: made, mode, limit }, config, call)
}

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.zip$/i, 'zip'],
  [/\.tar$/i, 'tar'],
  [/\.(?:tar\.gz|tgz)$/i, 'tar.gz'],
  [/\.(?:tar\.zst|tzst)$/i, 'tar.zst'],
  [/\.gz$/i, 'gz'],
  [/\.zst$/i, 'zst'],
]

function byEnding(name: string): Format {
  const found = ENDINGS.find(([ending]) => ending.test(name))
  if (found) return found[1]
  const expected = 'a name that ends in .zip, .tar, .tar.gz, .tar.zst, .gz or .zst, or a format'
  throw invalid('to', expected, JSON.stringify(name))
}

function checkParts(input: ArchiveInput): void {
  const { operation } = input
  const missing = NEEDS[operation].find((part) => input[part] === undefined)
  if (missing !== undefined) throw invalid(missing, `a value for ${operation}`, 'nothing')
  const extra = PARTS.find((part) => input[part] !== undefined && !TAKES[operation].includes(part))
  if (extra !== undefined) throw invalid(extra, `nothing for ${operation}`, 'a value')
  if (input.mode === 'replace' && operation === 'list')
    throw invalid('mode', "'create' or nothing for list, which does not write", "'replace'")
  if (input.executable === true && operation !== 'extract')
    throw invalid('executable', `false for ${operation}`, 'true')
}

function invalid(path: string, expected: string, found: string): SpellError {
  return inputInvalid("Tool 'archive'", [{ path, expected, found }])
}
