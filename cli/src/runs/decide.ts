import { SpellError, type Decision, type StepPath } from '@llmspell/sdk'
import type { Parsed } from '../parse.ts'
import { jsonOrText } from './take-answer.ts'

/** What is said of one step of unknown outcome. */
export interface Decided {
  readonly path: StepPath
  readonly decision: Decision
}

/** What `--decide PATH=WORD` says, for each time it is given. @throws FLAG_INVALID */
export function decisionsOf({ flags }: Parsed): readonly Decided[] {
  const given = flags['decide']
  return Array.isArray(given) ? given.map((one: string) => decided(one)) : []
}

function decided(given: string): Decided {
  const [, path, word, rest] = /^([^=]+)=(done|failed|retry|skip)(?::(.*))?$/s.exec(given) ?? []
  const decision = word === undefined ? undefined : decisionOf(word, rest)
  if (path === undefined || !decision) throw invalid(given)
  return { path, decision }
}

/** A decision in words: `done:JSON`, `failed:TEXT`, `retry`, `skip`; undefined where they are none. */
export function decisionOf(word: string, rest: string | undefined): Decision | undefined {
  if (word === 'done') return { as: 'done', value: rest === undefined ? null : jsonOrText(rest) }
  if (word === 'failed') return { as: 'failed', reason: rest ?? 'decided by a person' }
  if (rest !== undefined) return undefined
  return word === 'retry' || word === 'skip' ? { as: word } : undefined
}

function invalid(given: string): SpellError {
  const expected = 'expected PATH=done:JSON, PATH=failed:TEXT, PATH=retry or PATH=skip'
  return new SpellError(
    'FLAG_INVALID',
    `Flag '--decide' is wrong: ${expected}, found '${given}'.`,
    {
      hint: "Write it as: --decide 'main/Tool.execute#3=done:null'; llmspell run show ID has the path.",
    },
  )
}
