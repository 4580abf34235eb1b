import type { Json, RunRow, Waiting } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { exampleOf } from '../run/answer-value.ts'

/** A moment of UTC to the second. */
export function momentText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** A value on one line of at most `width` characters. */
export function valueLine(value: Json | undefined, width: number): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return cut(plain(text).replaceAll(/\s+/g, ' '), width)
}

/** The text, or its beginning with an ellipsis. */
export function cut(text: string, width: number): string {
  const chars = Array.from(text)
  return chars.length <= width ? text : `${chars.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Status for people: whoever asks owns the store, so that nobody else is at work on the run. */
export function statusText({ status }: RunRow): string {
  return status === 'running' || status === 'queued' ? 'interrupted' : status
}

/** What a run waits for: `signal 'approve'`, `a person: Send it?`, `until 2026-03-01 09:00:00`. */
export function waitText({ for: kind, name, until, question, path, arrived }: Waiting): string {
  const till = arrived ? ', which has come' : untilText(until)
  if (question) return `an answer to '${valueLine(question.text, 120)}'${till}`
  if (kind === 'signal') return `signal '${plain(name ?? '')}'${till}`
  if (kind === 'decision') return `a decision about '${plain(path)}'`
  return `time to pass${till}`
}

const untilText = (until: number | undefined): string =>
  until === undefined ? '' : ` until ${momentText(until)} UTC`

/** The command lines that go on with a run, the most likely first. */
export function nextCommand(row: RunRow): string {
  const { runId, waiting, status } = row
  if (waiting?.arrived) return `llmspell run resume ${runId}`
  const { question, schema } = waiting ?? {}
  const value = schema && !question?.choices ? ` ${quoted(exampleOf(schema))}` : ''
  if (question) return `llmspell run answer ${runId}${value || ' VALUE'}`
  if (waiting?.for === 'signal')
    return `llmspell run signal ${runId} ${plain(waiting.name ?? 'NAME')}${value}`
  // Where nobody knows what has happened, somebody has to look before anything is done again.
  if (status === 'needs-attention') return `llmspell run show ${runId}`
  return `llmspell run resume ${runId}`
}

/** JSON as one word of a shell. */
function quoted(value: Json): string {
  const text = plain(JSON.stringify(value))
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** What says how a step of unknown outcome counts; nothing where no step waits for that. */
export function decideCommand(row: RunRow): string | undefined {
  const path = openPath(row)
  if (row.status !== 'needs-attention' || path === undefined) return undefined
  return `llmspell run resume ${row.runId} --decide '${plain(path)}=WORD', with done:JSON, failed:TEXT, skip or retry`
}

/** The step that somebody has to decide about. */
export function openPath({ reason, waiting }: RunRow): string | undefined {
  const { path } = (reason?.details ?? {}) as { readonly path?: unknown }
  return typeof path === 'string' ? path : waiting?.path
}
