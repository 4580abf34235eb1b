import { relative } from 'node:path'
import { printable, type ApprovalAnswer, type ApprovalQuestion, type Value } from '@llmspell/sdk'
import { painter } from '../print/style.ts'
import { readAnswer } from './answer.ts'

const KEYS: Readonly<Record<string, ApprovalAnswer>> = {
  o: 'once',
  r: 'run',
  a: 'always',
  n: 'no',
  s: 'stop',
}

/** Shows what would happen, and reads one line. Enter, the end of stdin and the end of the run are no. */
export async function prompt(
  question: ApprovalQuestion,
  write: (text: string) => void,
): Promise<ApprovalAnswer> {
  write(questionText(question))
  for (;;) {
    const typed = await readAnswer(question.signal)
    if (typed === undefined) {
      write('\n')
      return 'no'
    }
    const answer = answerOf(typed, question.rule !== undefined)
    if (answer !== undefined) return answer
    write(`  ${choices(question.rule)}`)
  }
}

/** The answer that a line means; undefined for one that means nothing. */
export function answerOf(typed: string, mayLast: boolean): ApprovalAnswer | undefined {
  const word = typed.trim().toLowerCase()
  if (word === '') return 'no'
  const answer = KEYS[word] ?? Object.values(KEYS).find((one) => one === word)
  return answer === 'always' && !mayLast ? undefined : answer
}

const MOST_LINES = 20

/** All of it from the resolved effect; what others wrote can neither move nor colour anything. */
export function questionText({ need, subject, actors, reason, rule }: ApprovalQuestion): string {
  const paint = painter(process.stderr.isTTY)
  const head = `${printable(subject)} wants: ${need.permission} ${targetText(need.permission, need.target)}`
  const rows = [
    ['for', actors.length === 0 ? 'the script' : actors.map((one) => printable(one)).join(' › ')],
    ['why', printable(reason, 400)],
    ...Object.entries(need.facts ?? {}).map(([name, value]) => [
      printable(name, 20),
      factText(value),
    ]),
  ]
  const lines = rows.map(([name, text]) => `  ${paint('dim', name!.padEnd(6))} ${text}\n`)
  return `${paint('yellow', '?')} ${paint('bold', head)}\n${lines.join('')}  ${choices(rule)}`
}

function targetText(permission: string, target: string): string {
  if (permission !== 'read' && permission !== 'write') return printable(target, 1000)
  const below = relative(process.cwd(), target)
  return printable(below === '' || below.startsWith('..') ? target : `./${below}`, 1000)
}

function factText(value: Value): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const lines = text.split('\n').map((line) => printable(line))
  const more = lines.length - MOST_LINES
  const shown = more > 0 ? [...lines.slice(0, MOST_LINES), `… ${more} more lines`] : lines
  return shown.join('\n         ')
}

function choices(rule: string | undefined): string {
  const always = rule === undefined ? '' : `[a]lways (${printable(rule)}), `
  return `[o]nce, this [r]un, ${always}[n]o, [s]top? [n] `
}
