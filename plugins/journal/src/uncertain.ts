import { SpellError } from '@llmspell/sdk'
import type { Decision, JournalRecord } from '@llmspell/sdk'
import type { Attempted } from './attempt.ts'
import { ELSEWHERE } from './seed.ts'
import type { StepAsk } from './step-ask.ts'
import { failed, succeeded } from './values.ts'

type Intent = Extract<JournalRecord, { kind: 'intent' }>

/**
 * What becomes of an unsafe step that an earlier process has begun: its outcome, undefined where it shall run, `stopped`
 * where nobody knows.
 */
export async function decided(
  ask: StepAsk,
  before: readonly JournalRecord[],
): Promise<Attempted | undefined | 'stopped'> {
  const intent = before.findLast((record): record is Intent => record.kind === 'intent')
  if (!intent) return undefined
  const taken = before.findLast((record) => record.kind === 'decision' && record.n > intent.n)
  if (taken?.kind === 'decision') return carriedOut(ask, taken.decision)
  // Its key here is another one than it was begun under.
  const found = intent.process === ELSEWHERE ? 'unknown' : await reconciled(ask)
  if (found !== 'unknown') return found
  const answer = ask.life.standing(ask.path) ?? (await asked(ask, intent))
  if (ask.life.closed) return 'stopped'
  if (!answer) {
    ask.life.ending.leave(uncertain(ask, intent))
    return 'stopped'
  }
  const { decision, by } = answer
  await ask.life.note({ kind: 'decision', path: ask.path, decision, by }, true)
  return carriedOut(ask, decision)
}

/** True where an unsafe step was begun, and nobody has decided what becomes of it. */
export function inDoubt(before: readonly JournalRecord[]): boolean {
  return before.findLast(({ kind }) => kind === 'intent' || kind === 'decision')?.kind === 'intent'
}

async function reconciled(ask: StepAsk): Promise<Attempted | undefined | 'unknown'> {
  const { reconcile } = ask.options
  if (!reconcile) return 'unknown'
  try {
    const found = await reconcile(ask.idempotencyKey)
    if (found === 'unknown') return 'unknown'
    return found === 'never' ? undefined : done(succeeded(found.happened))
  } catch (error) {
    ask.life.logger.warn(`Step '${ask.path}' cannot tell whether it happened: ${String(error)}`)
    return 'unknown'
  }
}

async function asked(ask: StepAsk, intent: Intent) {
  const { path, name, args } = ask
  const step = { path, name, args: args.value, at: intent.at }
  const decision = await ask.life.host.decide?.(ask.life.row, step)
  return decision && { decision, by: 'person' }
}

function carriedOut(ask: StepAsk, decision: Decision): Attempted | undefined {
  if (decision.as === 'retry') return undefined
  if (decision.as === 'done') return done(succeeded(decision.value))
  if (decision.as === 'skip') return done(succeeded(null))
  return done(
    failed(
      new SpellError(
        'RESUME_UNCERTAIN',
        `Step '${ask.name}' counts as failed: ${decision.reason}`,
        {
          hint: 'See whether it happened before it is done again.',
          details: { path: ask.path },
        },
      ),
    ),
  )
}

function done(outcome: Attempted['outcome']): Attempted {
  return { outcome, attempts: 0, ms: 0 }
}

function uncertain(ask: StepAsk, intent: Intent): SpellError {
  const at = new Date(intent.at).toISOString()
  const details = { path: ask.path, name: ask.name, args: ask.args.value, at: intent.at }
  return new SpellError(
    'RESUME_UNCERTAIN',
    `Step '${ask.name}' at '${ask.path}' was begun at ${at} by a process that is gone; whether it happened is not known.`,
    {
      hint: `Resume the run with a decision for '${ask.path}': done, failed, retry or skip.`,
      details: details as never,
    },
  )
}
