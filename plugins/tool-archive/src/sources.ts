import { inputInvalid, printable } from '@llmspell/sdk'
import type { FileFacts, Files, ToolCall } from '@llmspell/sdk'
import { overLimit } from './errors.ts'
import { nameOf } from './names.ts'

const MAX_DEPTH = 64

/** One file on its way into an archive. */
export interface Source {
  /** To open it by. */
  readonly path: string
  /** In the archive. */
  readonly name: string
  readonly modified: string
}

/** The files to pack, and what is left out because it is none. */
export interface Sources {
  readonly files: readonly Source[]
  readonly skipped: readonly string[]
}

/** @throws INPUT_INVALID for what would get no proper name; ARCHIVE_LIMIT; what `files` throws */
export async function sourcesOf(
  files: Files,
  from: readonly string[],
  call: ToolCall,
  maxEntries: number,
): Promise<Sources> {
  const found = new Map<string, Source>()
  const skipped: string[] = []
  for (const path of from) {
    for await (const facts of under(files, path, call, maxEntries)) {
      if (facts.kind === 'file') found.set(facts.path, sourceOf(facts))
      else skipped.push(printable(facts.path))
      if (found.size > maxEntries)
        throw overLimit(path, `${maxEntries} entries`, 'more', 'maxEntries')
    }
  }
  return { files: [...found.values()], skipped }
}

/** The file itself, or all that lies in the folder but folders. */
async function* under(
  files: Files,
  path: string,
  call: ToolCall,
  maxEntries: number,
): AsyncGenerator<FileFacts> {
  const facts = await files.stat(path, call)
  if (facts.kind !== 'folder') return yield facts
  for await (const entry of files.list(path, call, {
    depth: MAX_DEPTH,
    maxEntries: maxEntries * 2,
  }))
    if (entry.kind !== 'folder' || entry.error !== undefined) yield entry
}

/** A file outside of the folder of the run keeps its last name only. */
function sourceOf({ path, modified }: FileFacts): Source {
  const outside = path.startsWith('/') || path.startsWith('../') || /^[A-Za-z]:/.test(path)
  const name = nameOf(outside ? path.split('/').at(-1)! : path)
  if ('path' in name) return { path, name: name.path, modified }
  const found = `'${printable(path, 80)}', which ${name.fault}`
  throw inputInvalid("Tool 'archive'", [{ path: 'from', expected: 'portable names', found }])
}
