import type { ErrorRecord } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'
import { LEAVE } from './command.ts'
import { commandOf } from './find.ts'
import { COMMANDS } from './index.ts'

/** True for a line that is no entry: a dot and a letter. */
export function isCommand(line: string): boolean {
  return /^\s*\.[A-Za-z]/.test(line)
}

/** Carries out a command and shows what it gives. @returns the failure that it has shown itself @throws REPL_COMMAND_UNKNOWN, what the command throws */
export async function obey(
  stage: Stage,
  line: string,
  signal: AbortSignal,
): Promise<'leave' | ErrorRecord | undefined> {
  const [name = '', ...words] = wordsOf(line)
  const result = await commandOf(COMMANDS, name.slice(1)).act({ ...stage, words, signal })
  if (result === LEAVE) return 'leave'
  if (typeof result === 'object') return result.failure
  stage.show.result(result)
  return undefined
}

/** Words of a line; quotes keep spaces together. */
export function wordsOf(line: string): readonly string[] {
  const words = line.trim().match(/"(?:[^"\\]|\\.)*"?|'[^']*'?|\S+/g) ?? []
  return words.map((word) =>
    /^["']/.test(word) ? word.slice(1).replace(/["']$/, '').replaceAll(/\\(.)/g, '$1') : word,
  )
}
