import { fstatSync } from 'node:fs'
import type { ApprovalAnswer, ApprovalQuestion, RunOptions } from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import type { Parsed } from '../parse.ts'
import { isOn } from './options.ts'
import type { Caller } from './question.ts'

/** Puts questions to whoever sits at the terminal; nothing where nobody can answer. */
export function asking(
  parsed: Parsed,
  line: ProgressLine,
  caller?: Caller,
): Pick<RunOptions, 'ask'> {
  if (isOn(parsed, 'json') || isOn(parsed, 'no-ask') || !isTerminal()) return {}
  let last: Promise<unknown> = Promise.resolve()
  return {
    ask: (question) => {
      // One at a time: the next is shown when the one before has its answer.
      const answer = last.then(() => put(question, line, caller))
      last = answer.catch(() => {})
      return answer
    },
  }
}

async function put(
  question: ApprovalQuestion,
  line: ProgressLine,
  caller: Caller | undefined,
): Promise<ApprovalAnswer> {
  if (question.signal.aborted) return 'no'
  const { prompt } = await import('./prompt.ts')
  using _ = line.hold()
  return await prompt(question, (text) => line.line(text), caller)
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
