import { printable, type JournalRecord, type SpellError } from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import { painter } from '../print/style.ts'
import { readAnswer } from '../run/answer.ts'
import { decisionOf, type Decided } from './decide.ts'
import { stepName } from './record-line.ts'
import type { RunStore } from './store.ts'
import { momentText, openPath, valueLine } from './texts.ts'

const WORDS: Readonly<Record<string, string>> = { d: 'done', f: 'failed', r: 'retry', s: 'skip' }
const CHOICES = '[d]one, [f]ailed, [r]etry, [s]kip, [l]eave? [l] '

/** Shows a step that may or may not have happened, and asks what is known of it; undefined: leave the run as it is. */
export async function askDecision(
  { executor }: RunStore,
  runId: string,
  line: ProgressLine,
  error: SpellError,
): Promise<Decided | undefined> {
  const records = await Array.fromAsync(executor.history(runId))
  const row = await executor.get(runId)
  const open = openIntent(records, row && openPath(row))
  if (!open) return undefined
  using _ = line.hold()
  line.line(questionText(open, error))
  for (;;) {
    const typed = await readAnswer(new AbortController().signal)
    const word = typed?.trim() ?? ''
    if (word === '' || word === 'l' || word === 'leave') return undefined
    const [, first = '', rest] = /^(\w+)(?:[: ]\s*(.*))?$/s.exec(word) ?? []
    const decision = decisionOf(WORDS[first] ?? first, rest)
    if (decision) return { path: open.path, decision }
    line.line(`  answer d, f, r, s or l; d JSON and f TEXT say what it gave\n  ${CHOICES}`)
  }
}

type Intent = Extract<JournalRecord, { readonly kind: 'intent' }>

/** The last step that was about to happen and has no outcome. */
export function openIntent(records: readonly JournalRecord[], path?: string): Intent | undefined {
  const settled = new Set(records.flatMap((one) => (one.kind === 'call' ? [one.path] : [])))
  return records.findLast(
    (one): one is Intent =>
      one.kind === 'intent' && (path === undefined || one.path === path) && !settled.has(one.path),
  )
}

function questionText({ path, at }: Intent, { details }: SpellError): string {
  const paint = painter(process.stderr.isTTY)
  const facts = (details ?? {}) as { readonly args?: unknown; readonly name?: unknown }
  const name = typeof facts.name === 'string' ? facts.name : stepName(path)
  const rows = [
    ['begun', `${momentText(at)} UTC, and the process ended before it said how it went`],
    ['path', printable(path, 400)],
    ...(facts.args === undefined ? [] : [['asked', valueLine(facts.args as never, 400)]]),
  ]
  const lines = rows.map(([key = '', text = '']) => `  ${paint('dim', key.padEnd(6))} ${text}\n`)
  const head = `May have happened: ${printable(name)}. What is known of it?`
  return `${paint('yellow', '?')} ${paint('bold', head)}\n${lines.join('')}  ${CHOICES}`
}
