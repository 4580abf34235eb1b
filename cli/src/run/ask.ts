import { fstatSync } from 'node:fs'
import type {
  ApprovalAnswer,
  ApprovalQuestion,
  Json,
  Question,
  ReadLine,
  RunOptions,
} from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import type { Parsed } from '../parse.ts'
import { isOn } from './options.ts'
import type { Caller } from './question.ts'

/** Puts questions to whoever sits at the terminal; nothing where nobody can answer. */
export function asking(
  parsed: Parsed,
  line: ProgressLine,
  caller?: Caller,
  read?: ReadLine,
): Pick<RunOptions, 'ask'> {
  if (!canAsk(parsed)) return {}
  return { ask: inTurn((question: ApprovalQuestion) => put(question, line, caller, read)) }
}

/** The same for questions of the script itself. */
export function answering(
  parsed: Parsed,
  line: ProgressLine,
  read?: ReadLine,
): Required<Answering> | object {
  if (!canAsk(parsed)) return {}
  const put = (asked: Question, signal: AbortSignal) => answer(asked, signal, line, read)
  return { answer: inTurn(put) }
}

type Answering = Pick<RunOptions, 'answer'>

/** True where a person sits at both ends of the terminal and wants to be asked. */
export function canAsk(parsed: Parsed): boolean {
  return !isOn(parsed, 'json') && !isOn(parsed, 'events') && !isOn(parsed, 'no-ask') && isTerminal()
}

/** One at a time: the next is shown when the one before has its answer. */
function inTurn<Args extends readonly unknown[], T>(
  ask: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (...args) => {
    const answered = last.then(() => ask(...args))
    last = answered.catch(() => {})
    return answered
  }
}

async function put(
  question: ApprovalQuestion,
  line: ProgressLine,
  caller: Caller | undefined,
  read: ReadLine | undefined,
): Promise<ApprovalAnswer> {
  if (question.signal.aborted) return 'no'
  const { prompt } = await import('./prompt.ts')
  using _ = line.hold()
  return await prompt(question, (text) => line.line(text), caller, read)
}

/** What a person answers to a question of the script; undefined where nobody does. */
export async function answer(
  question: Question,
  signal: AbortSignal,
  line: ProgressLine,
  read?: ReadLine,
): Promise<Json | undefined> {
  const { promptAnswer } = await import('./script-question.ts')
  using _ = line.hold()
  return await promptAnswer(question, signal, (text) => line.line(text), read)
}

/** Looking at a terminal loads a part of Node's that a start would pay: pipes and files are known without. */
function isTerminal(): boolean {
  try {
    if (![0, 2].every((fd) => fstatSync(fd).isCharacterDevice())) return false
    const { isatty } = process.getBuiltinModule('node:tty')
    return isatty(0) && isatty(2)
  } catch {
    return false
  }
}
