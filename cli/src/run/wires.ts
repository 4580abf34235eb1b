import type { LogEntry, Progress, RunRequest, RunResult } from '@llmspell/sdk'
import { resultEnvelope, toJson, valueText } from '../print/envelope.ts'
import { plain, printable } from '../print/escape.ts'
import { event } from '../print/events.ts'
import { out } from '../print/output.ts'
import type { ProgressLine } from '../print/progress.ts'
import type { Stage } from '../stage.ts'
import { answering, asking } from './ask.ts'
import { isOn } from './options.ts'

type Wires = Pick<RunRequest, 'write' | 'log' | 'onProgress' | 'ask' | 'answer'>

/** Where the words of a run go, and who answers its questions. */
export function wires({ parsed, printed, quiet }: Stage, line: ProgressLine): Wires {
  const events = isOn(parsed, 'events')
  const print = printed ? (text: string) => void printed.push(text) : printer(line)
  return {
    ...asking(parsed, line),
    ...answering(parsed, line),
    write: events ? (text) => (event('output', { text }), print(text)) : print,
    log: events ? (entry) => event('log', { ...entry }) : (entry) => log(entry, line, quiet),
    onProgress: events ? progressEvent : (progress) => line.report(progress),
  }
}

const printer = (line: ProgressLine) => (text: string) => line.print(printable(text))

function progressEvent({ usage, ...progress }: Progress): void {
  const { inputTokens = 0, outputTokens = 0, cost = 0 } = usage ?? {}
  const spent = { input_tokens: inputTokens, output_tokens: outputTokens, cost }
  event('progress', { ...progress, ...(usage ? { usage: spent } : {}) })
}

function log({ level, message, data }: LogEntry, line: ProgressLine, quiet: boolean): void {
  if (level === 'trace' || level === 'debug' || (quiet && level !== 'error')) return
  const label = level === 'warn' ? 'warning' : level
  line.line(`${label}: ${plain(message)}${data === undefined ? '' : ` ${plain(toJson(data))}`}\n`)
}

/** Prints what a run gave. */
export function conclude({ printed }: Stage, line: ProgressLine, result: RunResult): void {
  if (printed) out(`${toJson(resultEnvelope({ ...result, output: printed.join('') }))}\n`)
  else line.print(printable(valueText(result.value)))
}
