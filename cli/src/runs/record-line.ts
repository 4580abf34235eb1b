import {
  bytesText,
  type ErrorRecord,
  type Json,
  type JournalRecord,
  type Stored,
} from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Style } from '../print/style.ts'
import { spanText, usageText } from '../print/spent.ts'
import { shownOf } from './stored.ts'
import { valueLine } from './texts.ts'

/** What a record says on its line, and how it looks. */
export interface RecordText {
  readonly text: string
  readonly style?: Style
}

const WIDE = 200
const SUBJECT = 28

/** One record for people, without its place and time. */
export function recordText(record: JournalRecord): RecordText {
  switch (record.kind) {
    case 'begin':
      return { text: `begins: ${record.definition.name}`, style: 'bold' }
    case 'intent':
      return { text: `${stepName(record.path)} is about to happen`, style: 'dim' }
    case 'call':
      return callText(record)
    case 'callback':
      return { text: `function ${record.ref} of the script`, style: 'dim' }
    case 'arrival':
      return { text: `${record.from} '${record.name}' = ${stored(record.value)}${by(record.by)}` }
    case 'timer':
      return { text: `sleeps for ${spanText(record.timer.delayMs)}` }
    case 'fired':
      return { text: 'goes on' }
    case 'mark':
      return { text: `mark '${record.label}'${data(record.data)}`, style: 'cyan' }
    case 'cancel':
      return {
        text: `${record.code === 'TIMEOUT' ? 'runs out of time' : 'is cancelled'}: ${record.reason}`,
        style: 'yellow',
      }
    case 'decision':
      return { text: `decided: ${decisionText(record.decision)}${by(record.by)}`, style: 'yellow' }
    case 'pruned':
      return { text: `records ${record.from} to ${record.n} were let go`, style: 'dim' }
    case 'end':
      return endText(record)
  }
}

type RecordOf<Kind> = Extract<JournalRecord, { readonly kind: Kind }>

function callText(record: RecordOf<'call'>): RecordText {
  const { settled, ms, usage, attempts } = record
  const facts = [spanText(ms), usageText(usage ?? {}), attempts > 1 ? `${attempts} attempts` : '']
  const head = `${callName(record)}  ${facts.filter(Boolean).join(', ')}`
  if (settled.ok) return { text: head }
  return { text: `${head}  ${errorText(settled.error)}`, style: 'red' }
}

function endText({ outcome }: RecordOf<'end'>): RecordText {
  if ('cancelled' in outcome) return { text: `is cancelled: ${outcome.cancelled}`, style: 'yellow' }
  if (outcome.ok) return { text: `ends: ${stored(outcome.value)}`, style: 'bold' }
  return { text: `fails: ${errorText(outcome.error)}`, style: 'red' }
}

/** The call, and what it is about where its first argument is a word: `Tool.execute calculator`. */
function callName({ name, args }: RecordOf<'call'>): string {
  const first =
    'inline' in args && Array.isArray(args.inline) ? (args.inline[0] as Json) : undefined
  return typeof first === 'string' ? `${name} ${valueLine(first, SUBJECT)}` : name
}

/** `TIMEOUT: Tool 'x' took too long.` */
export function errorText({ code, message }: ErrorRecord): string {
  return `${code}: ${message}`
}

function decisionText(decision: RecordOf<'decision'>['decision']): string {
  if (decision.as === 'done') return `done with ${valueLine(decision.value, WIDE)}`
  return decision.as === 'failed' ? `failed, ${decision.reason}` : decision.as
}

function stored(value: Stored): string {
  const shown = shownOf(value)
  return 'value' in shown ? valueLine(shown.value, WIDE) : `(${bytesText(shown.bytes)})`
}

const data = (value: Stored | undefined): string => (value ? ` = ${stored(value)}` : '')

const by = (who: string | undefined): string => (who === undefined ? '' : `, by ${plain(who)}`)

/** `main/Tool.execute#4/file-write#1` → `file-write`. */
export function stepName(path: string): string {
  return unescaped((path.split('/').at(-1) ?? path).replace(/#.*$/, ''))
}

/** A part of a path as it was named: signs that separate parts stand in it as `%` and two digits. */
export function unescaped(part: string): string {
  return part.replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
