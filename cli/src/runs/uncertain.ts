import { printable, type JournalRecord, type SpellError } from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import { painter } from '../print/style.ts'
import { readAnswer } from '../run/answer.ts'
import { decisionOf, type Decided } from './decide.ts'
import { stepName } from './record-line.ts'
import type { RunStore } from './store.ts'
import { momentText, valueLine } from './texts.ts'

const WORDS: Readonly<Record<string, string>> = { d: 'done', f: 'failed', r: 'retry', s: 'skip' }
const CHOICES = '[d]one, [f]ailed, [r]etry, [s]kip, [l]eave? [l] '

/** What was said of a step, and of which beginning of it. */
export interface Answered extends Decided {
  readonly n: number
}

/**
 * Shows the steps that may or may not have happened, one after the other, and asks what is known of each; undefined: leave
 * the run as it is.
 * @param before what was answered already: it holds until the step begins again
 */
export async function askDecisions(
  { executor }: RunStore,
  runId: string,
  line: ProgressLine,
  error: SpellError,
  before: readonly Answered[] = [],
): Promise<readonly Answered[] | undefined> {
  const open = openIntents(await Array.fromAsync(executor.history(runId)))
  if (open.length === 0) return undefined
  using _ = line.hold()
  const all: Answered[] = []
  for (const intent of open) {
    const known = before.find(({ path, n }) => path === intent.path && n === intent.n)
    const answer = known ?? (await askAbout(intent, line, error))
    if (!answer) return undefined
    all.push(answer)
  }
  return all
}

async function askAbout(
  open: Intent,
  line: ProgressLine,
  error: SpellError,
): Promise<Answered | undefined> {
  line.line(questionText(open, error))
  for (;;) {
    const typed = await readAnswer(new AbortController().signal)
    const word = typed?.trim() ?? ''
    if (word === '' || word === 'l' || word === 'leave') return undefined
    const [, first = '', rest] = /^(\w+)(?:[: ]\s*(.*))?$/s.exec(word) ?? []
    const decision = decisionOf(WORDS[first] ?? first, rest)
    if (decision) return { path: open.path, n: open.n, decision }
    line.line(`  answer d, f, r, s or l; d JSON and f TEXT say what it gave\n  ${CHOICES}`)
  }
}

type Intent = Extract<JournalRecord, { readonly kind: 'intent' }>

/** The last beginning of each step that has no outcome, and about which nothing is decided. */
export function openIntents(records: readonly JournalRecord[]): readonly Intent[] {
  const open = new Map<string, Intent>()
  for (const record of records) {
    if (record.kind === 'intent') open.set(record.path, record)
    if (record.kind === 'call' || record.kind === 'decision') open.delete(record.path)
  }
  return [...open.values()]
}

interface Facts {
  readonly path?: unknown
  readonly args?: unknown
  readonly name?: unknown
}

function questionText({ path, at }: Intent, { details }: SpellError): string {
  const paint = painter(process.stderr.isTTY)
  const said = (details ?? {}) as Facts
  const facts = said.path === path ? said : {}
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
