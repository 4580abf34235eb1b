import type { Json, RunRow, Usage, Waiting } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `12 ms`, `1.2 s`, `3 m 04 s`, `2 h 05 m`, `3 d 4 h`. */
export function spanText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two((ms % MINUTE) / SECOND)} s`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} m`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

/** A moment of UTC to the second. */
export function momentText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** `165 tokens, $0.0012`; empty where nothing was spent. */
export function usageText({ inputTokens = 0, outputTokens = 0, cost = 0 }: Partial<Usage>): string {
  const tokens = inputTokens + outputTokens
  const parts = [tokens > 0 ? `${tokens} tokens` : '', cost > 0 ? `$${moneyText(cost)}` : '']
  return parts.filter(Boolean).join(', ')
}

function moneyText(cost: number): string {
  return cost >= 1 ? cost.toFixed(2) : String(Number(cost.toPrecision(2)))
}

export function sumOf(usages: readonly (Partial<Usage> | undefined)[]): Usage {
  const sum = (key: 'inputTokens' | 'outputTokens' | 'cost'): number =>
    usages.reduce((total, usage) => total + (usage?.[key] ?? 0), 0)
  return { inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens'), cost: sum('cost') }
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
export function waitText({ for: kind, name, until, question, path }: Waiting): string {
  const till = until === undefined ? '' : ` until ${momentText(until)} UTC`
  if (question) return `an answer to '${valueLine(question.text, 120)}'${till}`
  if (kind === 'signal') return `signal '${plain(name ?? '')}'${till}`
  if (kind === 'decision') return `a decision about '${plain(path)}'`
  return `time to pass${till}`
}

/** The command lines that go on with a run, the most likely first. */
export function nextCommand({ runId, waiting, status }: RunRow): string {
  if (waiting?.question) return `llmspell run answer ${runId} VALUE`
  if (waiting?.for === 'signal')
    return `llmspell run signal ${runId} ${plain(waiting.name ?? 'NAME')}`
  if (status === 'needs-attention')
    return `llmspell run resume ${runId} --decide '${plain(waiting?.path ?? 'PATH')}=retry'`
  return `llmspell run resume ${runId}`
}
