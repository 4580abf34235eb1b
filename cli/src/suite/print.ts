import { fromErrorRecord, type TestCase } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain, printable } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { answers } from '../run/tape.ts'
import type { Paint } from '../print/style.ts'
import type { ScriptReport } from './script.ts'

/** What all scripts gave together. */
export interface Summary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly files: number
  readonly durationMs: number
}

export function summaryOf(reports: readonly ScriptReport[], durationMs: number): Summary {
  const cases = reports.flatMap((report) => report.cases)
  const passed = cases.filter(({ ok }) => ok).length
  const skipped = reports.reduce((sum, report) => sum + report.skipped, 0)
  const failed = cases.length - passed
  return { passed, failed, skipped, files: reports.length, durationMs }
}

/** One line of a case. */
export function caseLine(file: string, { name, ok, durationMs }: TestCase, paint: Paint): string {
  const word = ok ? paint('green', 'ok  ') : paint('red', 'FAIL')
  return `${word} ${titleOf(file, name)} ${paint('dim', `(${Math.round(durationMs)} ms)`)}\n`
}

const titleOf = (file: string, name: string): string =>
  plain(`${file} › ${name}`).replaceAll('\n', ' ')

export function summaryLine(summary: Summary, paint: Paint): string {
  const { passed, failed, skipped, files, durationMs } = summary
  const parts = [
    `${passed} passed`,
    failed === 0 ? '' : paint('red', `${failed} failed`),
    skipped === 0 ? '' : `${skipped} skipped`,
  ]
  const scripts = files === 1 ? '1 script' : `${files} scripts`
  const seconds = (durationMs / 1000).toFixed(1)
  return `\n${parts.filter(Boolean).join(', ')} in ${scripts} (${seconds} s)\n`
}

/** What became of the cassette of a script, where it was written. */
export function tapeText({ tape }: ScriptReport): string {
  if (!tape?.written) return ''
  const { recorded, unused, dropped, name } = tape
  const kept = recorded === 0 ? '' : `recorded: ${answers(recorded)} in ${plain(name)}\n`
  if (!dropped) return kept
  const rows = unused.map((row) => `  ${plain(row)}\n`).join('')
  return `${kept}dropped: ${answers(unused.length)} of ${plain(name)} that nobody asked for:\n${rows}`
}

/** All failures of a script, and what it had printed. */
export function failuresText(report: ScriptReport, paint: Paint): string {
  const failed = report.cases.filter(({ ok }) => !ok)
  if (failed.length === 0) return ''
  const texts = failed.map(({ name, error }) => {
    const text = failureText(fromErrorRecord(error!), paint, report.source)
    return `\n${paint('red', 'FAIL')} ${titleOf(report.file, name)}\n${indented(text)}`
  })
  return texts.join('') + outputText(report, paint)
}

const MOST_LINES = 50

function outputText({ file, output }: ScriptReport, paint: Paint): string {
  if (output === '') return ''
  const lines = printable(output).trimEnd().split('\n')
  const more = lines.length - MOST_LINES
  const shown = more > 0 ? [`… ${more} lines before`, ...lines.slice(more)] : lines
  return `\n${paint('dim', `${plain(file)} printed:`)}\n${indented(`${shown.join('\n')}\n`)}`
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

/** One case as an event for programs. */
export function caseEvent(file: string, { name, ok, durationMs, error }: TestCase): string {
  const duration_ms = Math.round(durationMs * 1000) / 1000
  return `${toJson({ event: 'case', file, name, ok, duration_ms, ...(error ? { error } : {}) })}\n`
}

/** The cassette of a script as an event. */
export function scriptEvent({ file, tape, skipped }: ScriptReport): string {
  const { recorded = 0, replayed = 0, unused = [], dropped = false } = tape ?? {}
  const counts = { recorded, replayed, unused: unused.length, dropped, skipped }
  return `${toJson({ event: 'script', file, ...counts })}\n`
}

export function summaryEvent({ durationMs, ...counts }: Summary): string {
  const duration_ms = Math.round(durationMs)
  return `${toJson({ event: 'summary', ok: counts.failed === 0, ...counts, duration_ms })}\n`
}
