import type { EntryEnd, ErrorRecord } from '@llmspell/sdk'
import { errorOf, renewalText } from './entry.ts'
import type { Entry } from './entry.ts'
import type { SessionOptions } from './session.ts'
import { INPUT } from './sources.ts'
import type { Sources } from './sources.ts'

/** More of one value no person reads on a terminal. */
const MOST_TEXT = 16 * 1024

/** Shows what entries and commands come to, for people or for programs. */
export class Show {
  readonly #options: SessionOptions
  readonly #sources: Sources
  #midLine = false
  #printed: string[] = []
  /** Of the input, where the command stands that is carried out. */
  line: number | undefined

  constructor(options: SessionOptions, sources: Sources) {
    this.#options = options
    this.#sources = sources
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
    const { end, where } = entry
    this.endLine()
    if (end.status === 'value' && end.text !== '') this.print(`${this.#cut(end.text)}\n`)
    if (end.status === 'error')
      this.failed(end.error, where.file === INPUT ? where.line : this.line)
    if (end.renewal) this.say(renewalText(end.renewal))
  }

  /** What a command gives. */
  result(text: string): void {
    if (this.#options.json) this.#write({ ok: true, text: text.trimEnd() })
    else if (text !== '') this.print(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** @param line of the input, where nobody sees what stands there */
  failed(error: ErrorRecord, line?: number): void {
    this.endLine()
    const at = line === undefined ? {} : { line }
    if (this.#options.json) this.#write({ ok: false, ...at, error })
    else this.#options.face.say(this.#failure(error, line))
  }

  /** What no entry took: of one before, or of something that goes on beside them. */
  uncaught(error: ErrorRecord, line?: number): void {
    this.failed({ ...error, message: `Uncaught: ${error.message}` }, line)
  }

  #failure(error: ErrorRecord, line?: number): string {
    const { where } = error
    const text = this.#options.face.failure(error, (where && this.#sources.textAt(where)) ?? '')
    if (line === undefined || this.#options.terminal) return text
    return `line ${where?.file === INPUT ? where.line : line}: ${text}`
  }

  #cut(text: string): string {
    if (!this.#options.terminal || text.length <= MOST_TEXT) return text
    const more = text.length - MOST_TEXT
    return `${text.slice(0, MOST_TEXT)}…\n(${more} more characters: print shows all)`
  }

  #document(entry: Entry): void {
    const { end, ms, usage, calls } = entry
    const { inputTokens, outputTokens, cost } = usage
    const error = errorOf(entry)
    this.#write({
      ok: error === undefined,
      line: entry.where.file === INPUT ? entry.where.line : (this.line ?? entry.where.line),
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
