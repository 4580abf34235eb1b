import { isSpellError, toErrorRecord, type ErrorRecord, type Where } from '@llmspell/sdk'
import { plain } from './escape.ts'
import type { Paint } from './style.ts'

/** The script that was run, for the line that an error points at. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** An error for people: code and message, the place with its line, hint, causes, trace. */
export function failureText(error: unknown, paint: Paint, source?: Source): string {
  const record = toErrorRecord(error)
  const parts = [
    head(record, paint),
    ...(record.where ? place(record.where, paint, source) : []),
    ...(record.hint ? [`${paint('cyan', 'hint')}: ${plain(record.hint)}`] : []),
    ...causes(record.cause, record.message, paint),
    ...trace(record, paint),
    ...(isSpellError(error) ? [] : stack(error, paint)),
  ]
  return `${parts.join('\n')}\n`
}

function head({ code, message }: ErrorRecord, paint: Paint): string {
  return `${paint('red', `error[${plain(code)}]`)}: ${paint('bold', plain(message))}`
}

function place({ file, line, column }: Where, paint: Paint, source?: Source): string[] {
  const at = `${plain(file)}:${line}${column === undefined ? '' : `:${column}`}`
  const text = source?.file === file ? source.text.split(/\r?\n/)[line - 1] : undefined
  const pointer = `${paint('blue', '  -->')} ${at}`
  if (text === undefined || text.length > 500) return [pointer]
  return [pointer, ...excerpt(text, line, column, paint)]
}

function excerpt(text: string, line: number, column: number | undefined, paint: Paint): string[] {
  const clean = plain(text.replaceAll('\t', '  '))
  const before = text.slice(0, column === undefined ? text.search(/\S|$/) : column - 1)
  const indent = ' '.repeat(plain(before.replaceAll('\t', '  ')).length)
  const length = column === undefined ? Math.max(1, clean.trim().length) : 1
  const gutter = ' '.repeat(String(line).length)
  return [
    `${paint('blue', `${gutter} |`)}`,
    `${paint('blue', `${line} |`)} ${clean}`,
    `${paint('blue', `${gutter} |`)} ${indent}${paint('red', '^'.repeat(length))}`,
  ]
}

function causes(cause: ErrorRecord | undefined, above: string, paint: Paint): string[] {
  if (!cause) return []
  const rest = causes(cause.cause, cause.message, paint)
  if (above.includes(cause.message)) return rest
  return [`${paint('dim', 'cause')}: ${plain(cause.message)}`, ...rest]
}

function trace(record: ErrorRecord, paint: Paint): string[] {
  if (!record.trace) return []
  return plain(record.trace)
    .split('\n')
    .map((line) => paint('dim', `  ${line.trim()}`))
}

function stack(error: unknown, paint: Paint): string[] {
  if (!(error instanceof Error) || !error.stack) return []
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.slice(0, 8).map((line) => paint('dim', line))
}
