import { SpellError } from '@llmspell/sdk'
import type {
  Access,
  ApprovalAnswer,
  ApprovalQuestion,
  PermissionNeed,
  Policy,
  RunFacts,
} from '@llmspell/sdk'
import type { Refusal } from './decide.ts'
import { effectOf, isTooLong } from './effect.ts'
import { ruleFor } from './remembered.ts'
import type { RunState } from './run-state.ts'

/** How long a person has to answer, in ms. */
export const ANSWER_MS = 60_000

const MOST_PENDING = 3
const MOST_ASKED = 10

/** What came of a question. `by` says who decided, for the audit. */
export type Verdict =
  | { readonly outcome: 'approved'; readonly by: string }
  | { readonly outcome: 'refused' | 'denied'; readonly by: string; readonly reason: string }

/** What asking needs beside the need. */
export interface Asking {
  readonly run: RunFacts
  readonly ask: NonNullable<RunFacts['ask']>
  readonly state: RunState
  /** Whether a yes may be written down for later runs. */
  readonly mayLast: boolean
  /** Absent where there is no user's file that an answer could be written to. */
  readonly remember: Policy['remember'] | undefined
  readonly warn: (message: string) => void
}

/** Puts a need to a person, and keeps what the answer says. */
export async function consult(
  need: PermissionNeed,
  access: Access,
  { reason }: Refusal,
  asking: Asking,
): Promise<Verdict> {
  const { state } = asking
  const key = effectOf(need, access, asking.mayLast)
  if (state.granted.has(key)) return { outcome: 'approved', by: 'a person: for this run' }
  if (state.once.delete(key)) return { outcome: 'approved', by: 'a person: once' }
  if (isTooLong(need)) {
    const why = 'it is too long for a person to be asked about it'
    return { outcome: 'denied', by: 'approvals', reason: `${reason}, and ${why}` }
  }
  const busy = tooMany(state)
  if (busy !== undefined)
    return { outcome: 'denied', by: 'approvals', reason: `${reason}, and ${busy}` }
  const question = questionOf(need, access, reason, asking)
  const answer = await answered(question, access.signal, asking)
  const verdict = await kept(answer, question, access, key, asking)
  if (verdict.outcome === 'approved') coverAlso(need, access, answer, asking)
  return verdict
}

/** What was named in the question is answered with it. */
function coverAlso(
  { also = [], facts }: PermissionNeed,
  access: Access,
  answer: Answer,
  { state, mayLast }: Asking,
): void {
  for (const each of also) {
    const key = effectOf(facts === undefined ? each : { ...each, facts }, access, mayLast)
    const set = answer === 'once' ? state.once : state.granted
    set.add(key)
  }
}

function tooMany({ pending, asked }: RunState): string | undefined {
  if (pending >= MOST_PENDING) return `${MOST_PENDING} questions wait for a person already`
  if (asked >= MOST_ASKED) return `a person was asked ${MOST_ASKED} times in this run already`
  return undefined
}

/** Says what will happen, as the host has resolved it: how the asker wrote it has no place here. */
function questionOf(
  { permission, target, facts, also = [] }: PermissionNeed,
  access: Access,
  reason: string,
  { run, remember, mayLast }: Asking,
): Omit<ApprovalQuestion, 'signal'> {
  const more = also.length === 0 ? {} : { also }
  const need = { permission, target, ...(facts === undefined ? {} : { facts }), ...more }
  const actors = run.actors.map(({ kind, name }) => `${kind} '${name}'`)
  const question = { need, subject: access.subject, actors, reason }
  if (!remember) return { ...question, noRule: 'there is no policy file to write it to' }
  if (!mayLast) return { ...question, noRule: 'it is asked each time what an agent may send' }
  const lasting = ruleFor(need, access.root)
  return 'rule' in lasting
    ? { ...question, rule: lasting.rule }
    : { ...question, noRule: lasting.why }
}

type Answer = ApprovalAnswer | 'silence' | 'ended'

async function answered(
  question: Omit<ApprovalQuestion, 'signal'>,
  signal: AbortSignal | undefined,
  { ask, state }: Asking,
): Promise<Answer> {
  state.asked++
  state.pending++
  const stop = new AbortController()
  const silence = Promise.withResolvers<Answer>()
  const end = (answer: Answer) => (): void => {
    silence.resolve(answer)
    stop.abort()
  }
  const timer = setTimeout(end('silence'), ANSWER_MS)
  const ended = end('ended')
  if (signal?.aborted) ended()
  signal?.addEventListener('abort', ended, { once: true })
  try {
    return await Promise.race([silence.promise, put(ask, { ...question, signal: stop.signal })])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', ended)
    stop.abort()
    state.pending--
  }
}

/** Whoever fails to ask has no answer, and that is a no. */
async function put(ask: Asking['ask'], question: ApprovalQuestion): Promise<Answer> {
  try {
    return await ask(question)
  } catch {
    return 'no'
  }
}

async function kept(
  answer: Answer,
  { rule, reason }: Omit<ApprovalQuestion, 'signal'>,
  { root }: Access,
  key: string,
  { run, state, remember, warn }: Asking,
): Promise<Verdict> {
  switch (answer) {
    case 'once':
      return { outcome: 'approved', by: 'a person: once' }
    case 'run':
      state.granted.add(key)
      return { outcome: 'approved', by: 'a person: for this run' }
    case 'always':
      if (rule === undefined || !remember) break
      state.granted.add(key)
      await remember(root, rule).catch((error: Error) =>
        warn(`'${rule}' is not remembered: ${error.message}`),
      )
      return { outcome: 'approved', by: `a person: always, ${rule}` }
    case 'stop':
      run.cancel(stopped())
      return { outcome: 'refused', by: 'a person: stop', reason: `${reason}, and a person said no` }
    case 'silence': {
      const text = `nobody answered within ${ANSWER_MS / 1000} s`
      return { outcome: 'denied', by: text, reason: `${reason}, and ${text}` }
    }
    case 'ended':
      return { outcome: 'denied', by: 'the end of the run', reason }
    case 'no':
      break
  }
  return { outcome: 'refused', by: 'a person: no', reason: `${reason}, and a person said no` }
}

function stopped(): SpellError {
  return new SpellError('CANCELLED', 'The run was stopped by a person who was asked.')
}
