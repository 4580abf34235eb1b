import { globMatcher, isSpellError } from '@llmspell/sdk'
import type { FileEntry, Files, ToolCall } from '@llmspell/sdk'
import type { FileSearchInput } from './generated/input.ts'
import { NoText } from './lines.ts'
import { matchesIn } from './matches.ts'
import type { Match } from './matches.ts'
import type { Finder } from './pattern.ts'

/** What one file may be without ending the search. */
const SKIPPED = new Set([
  'PERMISSION_DENIED',
  'PATH_INVALID',
  'FILE_NOT_FOUND',
  'FILE_NOT_REGULAR',
  'FILE_TOO_LARGE',
  'FILE_UNREADABLE',
])
const PROGRESS = 500

/** One search through a folder. */
export class Search {
  readonly #files: Files
  readonly #input: FileSearchInput
  readonly #call: ToolCall
  readonly #find: Finder | undefined
  /** Looked at so far. */
  files = 0
  skipped = 0
  /** True when the listing came to its limits. */
  cut = false

  constructor(files: Files, input: FileSearchInput, call: ToolCall, find: Finder | undefined) {
    this.#files = files
    this.#input = input
    this.#call = call
    this.#find = find
  }

  async *matches(): AsyncGenerator<Match> {
    const { pattern } = this.#input
    const fits = pattern === undefined ? undefined : globMatcher(pattern)
    for await (const { path, below, bytes } of this.#candidates()) {
      if (fits && !fits(below)) continue
      if (!this.#find) {
        this.files++
        yield { path }
      } else if (bytes > this.#input.max_file_bytes) this.skipped++
      else yield* this.#inside(path, this.#find)
      if (this.files % PROGRESS === 0 && this.files > 0) this.#call.progress(this.files)
    }
  }

  async *#inside(path: string, find: Finder): AsyncGenerator<Match> {
    const { max_file_bytes: maxBytes, context } = this.#input
    try {
      await using file = await this.#files.open(path, this.#call, { maxBytes })
      yield* matchesIn(file, find, context)
      this.files++
    } catch (error) {
      if (!(error instanceof NoText) && !isSkipped(error)) throw error
      this.skipped++
    }
  }

  /** The files of the folder; the file itself where no folder was named. */
  async *#candidates(): AsyncGenerator<Candidate> {
    const { path, depth = Infinity, hidden } = this.#input
    try {
      for await (const entry of this.#files.list(path, this.#call, { depth, hidden })) {
        if (entry.error === 'FILES_LIMIT') this.cut = true
        if (entry.error !== undefined) this.skipped++
        else if (entry.kind === 'file') yield { ...entry, below: belowFolder(entry) }
      }
    } catch (error) {
      if (!isSpellError(error)) throw error
      if (error.code === 'FOLDER_EXPECTED') yield { path, below: path, bytes: 0 }
      else if (error.code === 'FILES_LIMIT') this.cut = true
      else throw error
    }
  }
}

interface Candidate {
  readonly path: string
  readonly below: string
  readonly bytes: number
}

/** The names from the searched folder on. */
function belowFolder({ path, depth }: FileEntry): string {
  return path.split('/').slice(-depth).join('/')
}

function isSkipped(error: unknown): boolean {
  return isSpellError(error) && SKIPPED.has(error.code)
}
