import { isUtf8 } from 'node:buffer'
import { SpellError, type Json, type PlacedEntry, type StateOp } from '@llmspell/sdk'
import { isOpen, scopeOf, scopeText } from './scope.ts'

export const FORMAT = 'llmspell-state/1'

/** First line of an export. The last one tells how many there were: what is cut is known. */
export const headLine = (): string => `${JSON.stringify({ format: FORMAT })}\n`
export const endLine = (entries: number): string => `${JSON.stringify({ end: true, entries })}\n`

/** One entry as it is kept: a line gives it back. */
export function entryLine({ scope, key, entry }: PlacedEntry): string {
  const { value, schema, expiresAt } = entry
  const content =
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : { value }
  const line = { scope: scopeText(scope), key, ...content, schema, expires_at: expiresAt }
  return `${JSON.stringify(line)}\n`
}

export type Put = Extract<StateOp, { readonly op: 'put' }>

/** What an export has, line by line; undefined for an entry that has expired since. */
export class LineReader {
  readonly #now: number
  #line = 0
  #entries = 0
  #ended = false
  readonly #seen = new Set<string>()

  constructor(now: number) {
    this.#now = now
  }

  /** @throws STATE_EXPORT_INVALID with the number of the line */
  read(bytes: Uint8Array): Put | undefined {
    this.#line++
    if (!isUtf8(bytes)) throw this.#wrong('text in UTF-8', 'other bytes')
    const text = Buffer.from(bytes).toString()
    if (text.trim() === '') return undefined
    if (this.#ended) throw this.#wrong('the end before', 'more lines')
    const line = this.#parsed(text)
    if (this.#line === 1) return this.#head(line)
    if (line['end'] === true) return this.#end(line)
    this.#entries++
    return this.#put(line)
  }

  /** The line behind the last one that was read. @throws STATE_EXPORT_INVALID */
  refuseLong(most: number): never {
    this.#line++
    throw this.#wrong(`at most ${most} bytes`, 'more')
  }

  /** How many there were. @throws STATE_EXPORT_INVALID where the last line is missing */
  done(): number {
    if (!this.#ended) throw this.#wrong('a last line that tells the number of entries', 'none')
    return this.#entries
  }

  #head(line: Readonly<Record<string, unknown>>): undefined {
    if (line['format'] !== FORMAT)
      throw this.#wrong(`{"format":"${FORMAT}"}`, short(line['format']))
  }

  #end(line: Readonly<Record<string, unknown>>): undefined {
    if (line['entries'] !== this.#entries)
      throw this.#wrong(`${short(line['entries'])} entries`, `${this.#entries}`)
    this.#ended = true
  }

  #put(line: Readonly<Record<string, unknown>>): Put | undefined {
    const { key, schema, expires_at: expiresAt } = line
    if (typeof key !== 'string') throw this.#wrong("a text at 'key'", short(key))
    if (schema !== undefined && typeof schema !== 'string')
      throw this.#wrong("a text at 'schema'", short(schema))
    if (key === '__proto__') throw this.#wrong('a key that scripts can name', short(key))
    const name = JSON.stringify([line['scope'], key])
    if (this.#seen.has(name)) throw this.#wrong('each key once', `${short(key)} again`)
    this.#seen.add(name)
    const ttlMs = this.#ttl(expiresAt)
    const put = {
      op: 'put',
      scope: this.#scope(line['scope']),
      key,
      value: this.#value(line),
    } as const
    if (ttlMs !== undefined && ttlMs <= 0) return undefined
    return {
      ...put,
      ...(schema === undefined ? {} : { schema }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
    }
  }

  #ttl(expiresAt: unknown): number | undefined {
    if (expiresAt === undefined) return undefined
    if (!Number.isSafeInteger(expiresAt))
      throw this.#wrong("milliseconds at 'expires_at'", short(expiresAt))
    return (expiresAt as number) - this.#now
  }

  #scope(given: unknown) {
    const scope = typeof given === 'string' ? tried(given) : undefined
    if (scope && isOpen(scope)) return scope
    throw this.#wrong("a scope of scripts at 'scope'", short(given))
  }

  #value(line: Readonly<Record<string, unknown>>): Json | Uint8Array {
    const { base64 } = line
    if (base64 === undefined && 'value' in line) return line['value'] as Json
    const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined
    if (bytes && bytes.toString('base64') === base64 && !('value' in line))
      return new Uint8Array(bytes)
    throw this.#wrong("either 'value' or base64 at 'base64'", short(base64))
  }

  #parsed(text: string): Readonly<Record<string, unknown>> {
    try {
      const line: unknown = JSON.parse(text)
      if (typeof line === 'object' && line !== null) return line as Record<string, unknown>
    } catch {}
    throw this.#wrong('one JSON object', short(text))
  }

  #wrong(expected: string, found: string): SpellError {
    const text = `Line ${this.#line} is wrong: expected ${expected}, found ${found}.`
    return new SpellError('STATE_EXPORT_INVALID', text, {
      hint: 'Nothing was changed. Give a whole file of llmspell state export.',
      details: { line: this.#line },
    })
  }
}

function tried(text: string) {
  try {
    return scopeOf(text)
  } catch {
    return undefined
  }
}

const short = (value: unknown): string =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? '').slice(0, 60)
