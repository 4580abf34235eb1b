import { SpellError, bytesText, inputInvalid, isSpellError } from '@llmspell/sdk'
import type { Files, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { Checker } from './checker.ts'
import type { Archive, Entry } from './entry.ts'
import { refused } from './errors.ts'
import type { ArchiveResult } from './generated/output.ts'
import { Chosen } from './chosen.ts'
import { counted } from './counted.ts'
import { Pace } from './pace.ts'

/** Where to, and what. */
export interface Extraction {
  readonly to: string
  readonly entries: readonly string[] | undefined
  readonly mode: 'create' | 'replace'
  /** Whether files that could be run as programs may be so again. */
  readonly executable: boolean
  readonly limit: number
}

/**
 * Goes through the archive twice: nothing is written before all of it was read and found good.
 * @throws ARCHIVE_UNSAFE, ARCHIVE_DAMAGED, ARCHIVE_LIMIT; what `files.write` throws, with `written` in its details
 */
export async function extract(
  archive: Archive,
  files: Files,
  what: Extraction,
  call: ToolCall,
): Promise<ToolOutput> {
  const total = await checkAll(archive, what.entries, call)
  const work = new Writing(files, what, call, total)
  for await (const [entry, path] of good(archive)) {
    if (entry.kind === 'file' && work.chosen.has(path)) await work.write(entry, path)
  }
  const { path, format } = archive
  const result: ArchiveResult = { path, format, to: what.to, ...work.result() }
  const text = `${counted(result.files)}, ${bytesText(result.bytes)} extracted into ${what.to}`
  return { result: { ...result }, text, operation: 'extract' }
}

/** The bytes of all that is chosen. */
async function checkAll(
  archive: Archive,
  names: readonly string[] | undefined,
  call: ToolCall,
): Promise<number> {
  const chosen = new Chosen(names)
  const pace = new Pace(call, 'checked')
  let bytes = 0
  for await (const [entry, path] of good(archive)) {
    const wanted = chosen.has(path)
    for await (const part of entry.content()) {
      pace.add(part.byteLength)
      bytes += wanted ? part.byteLength : 0
    }
  }
  const missing = chosen.missing()
  if (missing === undefined) return bytes
  const row = {
    path: `entries[${missing.at}]`,
    expected: 'a name in the archive',
    found: missing.found,
  }
  throw inputInvalid("Tool 'archive'", [{ ...row, ...missing.hint }])
}

/** The entries with the paths they get. */
async function* good(archive: Archive): AsyncGenerator<readonly [Entry, string]> {
  const checker = new Checker(archive)
  for await (const entry of archive.entries()) {
    const verdict = checker.check(entry)
    if ('fault' in verdict) throw refused(archive.path, entry.name, verdict.fault)
    yield [entry, verdict.path]
  }
}

class Writing {
  readonly chosen: Chosen
  readonly #files: Files
  readonly #what: Extraction
  readonly #call: ToolCall
  readonly #pace: Pace
  readonly #written: { readonly name: string; readonly kind: 'file'; readonly bytes: number }[] = []

  constructor(files: Files, what: Extraction, call: ToolCall, total: number) {
    this.#files = files
    this.#what = what
    this.#call = call
    this.#pace = new Pace(call, 'extracted', total)
    this.chosen = new Chosen(what.entries)
  }

  async write(entry: Entry, path: string): Promise<void> {
    const before = this.#pace.done
    try {
      await this.#copy(entry, path)
    } catch (error) {
      throw this.#withWritten(error)
    }
    this.#written.push({ name: path, kind: 'file', bytes: this.#pace.done - before })
  }

  async #copy(entry: Entry, path: string): Promise<void> {
    const { to, mode } = this.#what
    const executable = this.#what.executable && entry.executable
    const target = `${to.replace(/\/+$/, '')}/${path}`
    await using file = await this.#files.write(target, this.#call, {
      mode,
      parents: true,
      executable,
    })
    for await (const part of entry.content()) {
      this.#pace.add(part.byteLength)
      await file.write(part)
    }
    await file.commit()
  }

  result(): Pick<ArchiveResult, 'files' | 'bytes' | 'entries' | 'truncated'> {
    const { limit } = this.#what
    const entries = this.#written.slice(0, limit)
    const files = this.#written.length
    return { files, bytes: this.#pace.done, entries, truncated: files > limit }
  }

  /** What is there already is part of the truth about a failure. */
  #withWritten(error: unknown): unknown {
    if (!isSpellError(error)) return error
    const written = this.#written.map(({ name }) => name)
    const { code, message, hint, details, cause } = error
    const known = typeof details === 'object' && details !== null ? (details as object) : {}
    const said = `${message} Written before: ${counted(written.length)}.`
    const facts = { ...known, written: written.slice(0, this.#what.limit) } as Value
    return new SpellError(code, said, { hint, details: facts, cause })
  }
}
