import { printable, type ApprovalAnswer, type ApprovalQuestion, type ReadLine } from '@llmspell/sdk'
import { painter } from '../print/style.ts'
import { readAnswer } from './answer.ts'
import { rowsOf, type Caller } from './question.ts'

const KEYS: Readonly<Record<string, ApprovalAnswer>> = {
  o: 'once',
  y: 'once',
  yes: 'once',
  r: 'run',
  a: 'always',
  n: 'no',
  s: 'stop',
}

/** Shows what would happen, and reads one line. Enter, the end of stdin and the end of the run are no. */
export async function prompt(
  question: ApprovalQuestion,
  write: (text: string) => void,
  caller?: Caller,
  read: ReadLine = readAnswer,
): Promise<ApprovalAnswer> {
  const { text, mayLast } = shownQuestion(question, caller)
  write(text)
  for (;;) {
    const typed = await read(question.signal)
    if (typed === undefined) {
      write('\n')
      return 'no'
    }
    const answer = answerOf(typed, mayLast)
    if (answer !== undefined) return answer
    write(`${typed.trim() === '?' ? explained(mayLast) : expected(mayLast)}  ${choices(mayLast)}`)
  }
}

/** The answer that a line means; undefined for one that means nothing. */
export function answerOf(typed: string, mayLast: boolean): ApprovalAnswer | undefined {
  const word = typed.trim().toLowerCase()
  if (word === '') return 'no'
  const answer = Object.hasOwn(KEYS, word)
    ? KEYS[word]
    : Object.values(KEYS).find((one) => one === word)
  return answer === 'always' && !mayLast ? undefined : answer
}

/** All of it from the resolved effect; what others wrote can neither move nor colour anything. */
export function questionText(question: ApprovalQuestion, caller?: Caller): string {
  return shownQuestion(question, caller).text
}

function shownQuestion(
  question: ApprovalQuestion,
  caller: Caller = 'the script',
): { readonly text: string; readonly mayLast: boolean } {
  const paint = painter(process.stderr.isTTY)
  const { head, rows, whole } = rowsOf(question, caller)
  // A yes for good is for what was seen whole.
  const mayLast = question.rule !== undefined && whole
  const lines = rows.map(([name, text]) => `  ${paint('dim', name.padEnd(6))} ${text}\n`)
  return {
    text: `${paint('yellow', '?')} ${paint('bold', head)}\n${lines.join('')}  ${choices(mayLast)}`,
    mayLast,
  }
}

function choices(mayLast: boolean): string {
  return `[o]nce, this [r]un, ${mayLast ? '[a]lways, ' : ''}[n]o, [s]top? [n] `
}

function expected(mayLast: boolean): string {
  return `  answer o, r, ${mayLast ? 'a, ' : ''}n or s (y counts as o, ? explains them)\n`
}

function explained(mayLast: boolean): string {
  const lines = [
    'o  once: this one time',
    'r  run: the same again until this run ends',
    ...(mayLast ? ['a  always: the rule above is written to your policy file'] : []),
    'n  no: it is denied, and the script may go on',
    's  stop: no, and the run ends',
  ]
  return lines.map((line) => `  ${printable(line)}\n`).join('')
}
