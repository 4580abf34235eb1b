import { inputInvalid, isSpellError, printable } from '@llmspell/sdk'
import type { FileEntry, Files, Tool, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { entryOf, filterOf, sorted } from './found.ts'
import type { Entry } from './found.ts'
import type { DirectoryListInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { DirectoryListResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'

/** The tool, over the guarded file service: it lists nothing by itself. */
export function directoryList(files: Files): Tool<DirectoryListInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      if (input.recursive && input.depth !== undefined) throw bothDepths()
      const listing = new Taken(files, input, call)
      return output(input.sort === 'name' ? await listing.asFound() : await listing.inOrder())
    },
  }
}

/** The entries that were asked for, up to the limit. */
class Taken {
  readonly #files: Files
  readonly #input: DirectoryListInput
  readonly #call: ToolCall
  #truncated = false

  constructor(files: Files, input: DirectoryListInput, call: ToolCall) {
    this.#files = files
    this.#input = input
    this.#call = call
  }

  /** Each goes to the reader of the stream as it comes. */
  async asFound(): Promise<DirectoryListResult> {
    const entries: Entry[] = []
    let count = 0
    for await (const found of this.#matching()) {
      if (count === this.#input.limit) {
        this.#truncated = true
        break
      }
      count++
      await this.#give(found, entries)
    }
    return this.#result(entries, count)
  }

  async inOrder(): Promise<DirectoryListResult> {
    const all = sorted(await Array.fromAsync(this.#matching()), this.#input.sort)
    const kept = all.slice(0, this.#input.limit)
    this.#truncated ||= kept.length < all.length
    const entries: Entry[] = []
    for (const found of kept) await this.#give(found, entries)
    return this.#result(entries, kept.length)
  }

  async #give(found: FileEntry, entries: Entry[]): Promise<void> {
    const entry = entryOf(found, this.#input)
    if (this.#call.streamed)
      await this.#call.emit({ type: 'data', data: { ...entry }, text: lineOf(entry) })
    else entries.push(entry)
  }

  /** Past the limits of one listing it ends with what was found. */
  async *#matching(): AsyncGenerator<FileEntry> {
    const { path, recursive, depth = recursive ? Infinity : 0, hidden } = this.#input
    const fits = filterOf(this.#input)
    try {
      for await (const entry of this.#files.list(path, this.#call, { depth, hidden })) {
        if (entry.error === 'FILES_LIMIT') this.#truncated = true
        if (fits(entry)) yield entry
      }
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'FILES_LIMIT') throw error
      this.#truncated = true
    }
  }

  #result(entries: readonly Entry[], count: number): DirectoryListResult {
    return { path: this.#input.path, entries: [...entries], count, truncated: this.#truncated }
  }
}

function output(result: DirectoryListResult): ToolOutput {
  const more = result.truncated ? ['… and more.'] : []
  const text = [...result.entries.map(lineOf), ...more].join('\n')
  return { result: result as unknown as Value, text, operation: 'list' }
}

function lineOf({ path, kind, error, bytes, modified, mode }: Entry): string {
  const name = printable(path, 8192) + (kind === 'folder' ? '/' : kind === 'link' ? '@' : '')
  const facts =
    modified === undefined ? '' : `${mode}  ${modified}  ${String(bytes).padStart(10)}  `
  return error === undefined ? facts + name : `${facts}${name} (${error})`
}

function bothDepths(): Error {
  const row = { path: 'depth', expected: 'either depth or recursive', found: 'both' }
  return inputInvalid("Tool 'directory-list'", [row])
}
