import type { ResumeOptions, RunResult } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import { liveEvents } from '../events/live.ts'
import { canAsk } from '../run/ask.ts'
import { text } from '../run/options.ts'
import { readSource } from '../run/source.ts'
import { conclude, wires } from '../run/wires.ts'
import type { Stage } from '../stage.ts'
import { attended, patience } from './attend.ts'
import { decisionsOf, type Decided } from './decide.ts'
import { goingOn } from './options.ts'
import { rightsOf } from './rights.ts'
import type { RunStore } from './store.ts'
import { askDecisions, type Answered } from './uncertain.ts'

/** Goes on with a run and prints what comes of it, as `llmspell run` does. @throws what the run raises */
export async function goOn(
  stage: Stage,
  store: RunStore,
  runId: string,
  line: ProgressLine,
): Promise<void> {
  stage.printed = stage.json ? [] : undefined
  const options = { ...(await resumeOptions(stage, store, runId)), ...wires(stage, line) }
  await using _events = await liveEvents(stage, store.kernel)
  try {
    conclude(stage, line, await decided(stage, store, runId, line, options))
  } finally {
    line.clear()
  }
}

/** Asks the person at the terminal about each step of unknown outcome, until none is left. */
async function decided(
  stage: Stage,
  store: RunStore,
  runId: string,
  line: ProgressLine,
  options: ResumeOptions,
): Promise<RunResult> {
  const runtime = await store.kernel.use('script-runtime')
  let decide: readonly Decided[] = decisionsOf(stage.parsed)
  let answers: readonly Answered[] | undefined
  for (;;) {
    try {
      const told = decide.length === 0 ? options : { ...options, decide }
      const around = { stage, kernel: store.kernel, line, runId, known: answers !== undefined }
      return await attended(around, (compute) => runtime.resume(runId, { ...told, compute }))
    } catch (error) {
      const asks = isSpellError(error) && error.code === 'RESUME_UNCERTAIN' && canAsk(stage.parsed)
      answers = asks ? await askDecisions(store, runId, line, error, answers) : undefined
      if (!answers) throw error
      decide = answers.map(({ path, decision }) => ({ path, decision }))
    }
  }
}

async function resumeOptions(stage: Stage, store: RunStore, runId: string): Promise<ResumeOptions> {
  const { parsed } = stage
  const script = text(parsed, 'script')
  if (script !== undefined) stage.source = readSource(script)
  return {
    ...(await rightsOf(stage, store, runId)),
    ...goingOn(parsed),
    ...patience(stage),
    ...(stage.source ? { source: stage.source.text } : {}),
  }
}
