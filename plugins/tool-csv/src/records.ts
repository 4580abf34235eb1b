import { printable } from '@llmspell/sdk'
import { csvError } from './errors.ts'

/** One row as it stands, and the line that it ends on. */
export interface Record {
  readonly cells: readonly string[]
  readonly line: number
}

export interface Shape {
  readonly delimiter: string
  readonly quote: string
}

/** A row larger than this is a quote that is never closed. */
const MAX_ROW = 1024 * 1024

interface Parsed {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** The rows of pieces of text, in flat memory. @throws CSV_SYNTAX, CSV_LIMIT; what the pieces throw */
export async function* recordsOf(
  pieces: AsyncIterable<string>,
  { delimiter, quote }: Shape,
): AsyncGenerator<Record> {
  const { parse } = await import('csv-parse')
  const { Readable, pipeline } = process.getBuiltinModule('node:stream')
  const parser = parse({
    delimiter,
    quote: quote === '' ? null : quote,
    escape: quote === '' ? null : quote,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW,
    info: true,
  })
  const source = Readable.from(pieces)
  let failure: Error | undefined
  pipeline(source, parser, (error) => (failure ??= error ?? undefined))
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>)
      yield { cells: record, line: info.lines }
  } catch (error) {
    throw asSpellError((failure ?? error) as ParseFailure)
  } finally {
    source.destroy()
  }
}

interface ParseFailure extends Error {
  readonly code?: string
  readonly lines?: number
}

function asSpellError(error: ParseFailure): unknown {
  const { code = '', lines } = error
  if (lines === undefined) return error
  const details = { line: lines }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    const message = `The row that ends after line ${lines} is larger than 1 MiB.`
    const hint = "Close its quote, or set quote to '' if the text has none."
    return csvError('CSV_LIMIT', message, { hint, details, cause: error })
  }
  const why = printable(error.message.replace(/\.$/, ''))
  const message = `The CSV cannot be read at line ${lines}: ${why}.`
  const hint = 'Correct it there, or name the delimiter and the quote.'
  return csvError('CSV_SYNTAX', message, { hint, details, cause: error })
}
