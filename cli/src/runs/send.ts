import { didYouMean, SpellError, type RunRow, type Waiting } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { meantBy } from '../run/script-question.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { findRun } from './find.ts'
import { rightsOf } from './rights.ts'
import { storeOfRun } from './plugins.ts'
import { patientStore } from './store.ts'
import { payloadOf, sendSignal } from './take-answer.ts'
import { waitText } from './texts.ts'

const LAST_WORDS_MS = 30_000

/** `run signal ID NAME [JSON]`. */
export async function signal(stage: Stage): Promise<void> {
  const { executor } = await patientStore(stage)
  const [given, name, value] = stage.parsed.args as [string, string, string | undefined]
  const { runId, waiting } = await findRun(executor, given)
  const awaited = waiting?.name === name
  const payload =
    value === undefined ? null : payloadOf(value, awaited ? waiting.schema : undefined)
  const taken = await sendSignal(executor, runId, name, payload, text(stage.parsed, 'signal-id'))
  if (taken === 'accepted' && waiting && !awaited) return tellKept(stage, runId, name, waiting)
  tell(stage, runId, `signal '${name}'`, taken)
}

/** `run answer ID VALUE`: for the question that the run waits with. */
export async function answerRun(stage: Stage): Promise<void> {
  const { executor } = await patientStore(stage)
  const [given, value] = stage.parsed.args as [string, string]
  const row = await findRun(executor, given)
  const { question, name } = row.waiting ?? {}
  if (!question || name === undefined) throw unasked(row)
  const meant = meantBy(question, value)
  if (!meant) throw noChoice(row, value, question.choices ?? [])
  tell(stage, row.runId, 'the answer', await sendSignal(executor, row.runId, name, meant.value))
}

/** `run cancel ID`. */
export async function cancel(stage: Stage): Promise<void> {
  const { runId, ...store } = await storeOfRun(stage, stage.parsed.args[0]!)
  const { executor, kernel } = store
  const runtime = await kernel.use('script-runtime')
  const { grants } = await rightsOf(stage, store, runId)
  const reason = text(stage.parsed, 'reason') ?? 'cancelled by llmspell run cancel'
  // What undoes its steps runs here, as far as it comes in time.
  await runtime.cancel(runId, { reason, grants, timeoutMs: LAST_WORDS_MS })
  const row = await executor.get(runId)
  const { status } = row!
  const more = row!.endedAt === undefined ? `; it ends with: llmspell run resume ${runId}` : ''
  if (stage.json) out(`${toJson({ ok: true, run_id: runId, status })}\n`)
  else out(`${runId} is ${status}${more}\n`)
}

function tell(stage: Stage, runId: string, what: string, taken: string): void {
  if (taken === 'ended') throw ended(runId)
  const resume = `llmspell run resume ${runId}`
  if (stage.json) out(`${toJson({ ok: true, run_id: runId, signal: taken, resume })}\n`)
  else if (taken === 'duplicate') out(`${runId} had ${plain(what)} already.\n`)
  else out(`${runId} has ${plain(what)}; where it runs it is heard, else go on with: ${resume}\n`)
}

/** A signal that nothing waits for yet. */
function tellKept(stage: Stage, runId: string, name: string, waiting: Waiting): void {
  const awaited = waiting.name === undefined ? [] : [waiting.name]
  const hint = didYouMean(name, awaited, `It waits for ${waitText(waiting)}.`)
  if (stage.json) out(`${toJson({ ok: true, run_id: runId, signal: 'kept', hint })}\n`)
  else
    out(
      `${runId} does not wait for signal '${plain(name)}' now; it is kept for later. ${plain(hint)}\n`,
    )
}

function ended(runId: string): SpellError {
  return new SpellError('RUN_ENDED', `Run '${runId}' has ended: it takes no signal.`, {
    hint: `See what came of it: llmspell run show ${runId}`,
  })
}

function unasked({ runId, waiting, status }: RunRow): SpellError {
  const what = waiting ? `waits for ${waitText(waiting)}` : `is ${status}`
  return new SpellError('RUN_NOT_ASKING', `Run '${runId}' asks nothing: it ${what}.`, {
    hint:
      waiting?.for === 'signal'
        ? `Send it with: llmspell run signal ${runId} ${waiting.name} JSON`
        : `See it with: llmspell run show ${runId}`,
  })
}

function noChoice({ runId }: RunRow, value: string, choices: readonly string[]): SpellError {
  const text = `'${value}' is no answer to the question of run '${runId}'.`
  return new SpellError('INPUT_INVALID', text, {
    hint: didYouMean(value, choices, `Answers: ${choices.join(', ') || 'some words'}.`),
  })
}
