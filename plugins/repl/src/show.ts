import type { EntryEnd, ErrorRecord } from '@llmspell/sdk'
import { errorOf, renewalText } from './entry.ts'
import type { Entry } from './entry.ts'
import type { SessionOptions } from './session.ts'

/** Shows what entries and commands come to, for people or for programs. */
export class Show {
  readonly #options: SessionOptions
  readonly #lines: boolean
  #midLine = false
  #printed: string[] = []

  /** @param lines whether failures say their line: nobody sees the entries above them */
  constructor(options: SessionOptions, lines = true) {
    this.#options = options
    this.#lines = lines
  }

  /** Takes what an entry prints. */
  readonly print = (text: string): void => {
    if (text === '') return
    if (this.#options.json) return void this.#printed.push(text)
    this.#midLine = !text.endsWith('\n')
    this.#options.face.write(text)
  }

  /** A line about the session. */
  say(text: string): void {
    this.endLine()
    if (text !== '') this.#options.face.say(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** What follows begins on a line of its own. */
  endLine(): void {
    if (this.#midLine) this.print('\n')
  }

  entry(entry: Entry): void {
    if (this.#options.json) return this.#document(entry)
    const { end } = entry
    this.endLine()
    if (end.status === 'value' && end.text !== '') this.print(`${end.text}\n`)
    if (end.status === 'error')
      this.failed(end.error, entry.text, this.#lines && entry.line > 0 ? entry.line : undefined)
    if (end.renewal) this.say(renewalText(end.renewal))
  }

  /** What a command gives. */
  result(text: string): void {
    if (this.#options.json) this.#write({ ok: true, text: text.trimEnd() })
    else if (text !== '') this.print(text.endsWith('\n') ? text : `${text}\n`)
  }

  failed(error: ErrorRecord, text: string, line?: number): void {
    this.endLine()
    const at = line === undefined ? {} : { line }
    if (this.#options.json) this.#write({ ok: false, ...at, error })
    else this.#options.face.say(this.#failure(error, text, line))
  }

  /** Where nobody sees the entry above it, a failure says where that stands in the input. */
  #failure(error: ErrorRecord, text: string, line?: number): string {
    const { face } = this.#options
    if (line === undefined) return face.failure(error, text)
    const before = line - 1
    const where = error.where && { ...error.where, line: error.where.line + before }
    const moved = where ? { ...error, where } : error
    return `line ${where?.line ?? line}: ${face.failure(moved, '\n'.repeat(before) + text)}`
  }

  #document(entry: Entry): void {
    const { end, ms, usage, calls } = entry
    const { inputTokens, outputTokens, cost } = usage
    const error = errorOf(entry)
    this.#write({
      ok: error === undefined,
      line: entry.line,
      ...(error ? { error } : valuesOf(end)),
      output: this.#printed.splice(0).join(''),
      usage: { input_tokens: inputTokens, output_tokens: outputTokens, cost },
      calls,
      duration_ms: Math.round(ms * 1000) / 1000,
      ...(end.renewal ? { renewal: end.renewal } : {}),
    })
  }

  #write(document: object): void {
    this.#options.face.write(`${JSON.stringify(document, bytesAsText)}\n`)
  }
}

function valuesOf(end: EntryEnd): object {
  if (end.status !== 'value') return {}
  const values = end.values.map((value) => value ?? null)
  return {
    result: values[0] ?? null,
    ...(values.length > 1 ? { results: values } : {}),
    text: end.text,
  }
}

function bytesAsText(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key]
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('base64') : value
}
