import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '@llmspell/kernel'
import { isSpellError, type RunOptions, type RunRow, type WorkflowExecutor } from '@llmspell/sdk'
import { event } from '../print/events.ts'
import { plain } from '../print/escape.ts'
import type { ProgressLine } from '../print/progress.ts'
import { canAsk } from '../run/ask.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { waitOf } from './options.ts'
import { leftError, uncertainError, waitingError } from './left.ts'
import { Leaving } from './leaving.ts'
import { takeAnswer } from './take-answer.ts'

const LOOK_MS = 150
/** Through a pipe, a sleep that is longer leaves the run in its journal. */
const SHORT_SLEEP_MS = 60_000
/** How long a run that was told to stop may take to its next wait. */
const GRACE_MS = 5000

/** What stands around a durable run while it is carried out. */
export interface Attended {
  readonly stage: Stage
  readonly kernel: Kernel
  readonly line: ProgressLine
  readonly runId: string
  /** True where the person knows the id already. */
  readonly known?: boolean
}

/** Milliseconds that a run may wait before it is left: as the flag says, for ever at a terminal, else a minute. */
export function patience({ parsed }: Stage): { readonly waitMs?: number } {
  const waitMs = waitOf(parsed) ?? (canAsk(parsed) ? undefined : SHORT_SLEEP_MS)
  return waitMs === undefined ? {} : { waitMs }
}

/**
 * Carries out a durable run: says how to go on with it, asks what it waits for, and leaves it in its journal when nobody can
 * answer, or when Ctrl-C says so.
 * @throws RUN_WAITING, CANCELLED; each names the command that goes on
 */
export async function attended<T>(
  attended: Attended,
  run: (compute: Compute) => Promise<T>,
): Promise<T> {
  const { kernel, line, runId } = attended
  const executor = await (await kernel.use('script-runtime')).executor()
  using leaving = new Leaving(() => {
    line.line(`leaving run ${runId} at its next step; Ctrl-C again ends at once\n`)
    return leave(executor, runId)
  })
  const ended = new AbortController()
  const watching = watch(attended, executor, ended.signal).catch(() => {})
  try {
    return await Promise.race([run(announced(attended, leaving.compute)), leaving.left])
  } catch (error) {
    throw await explained(executor, runId, error, leaving.asked)
  } finally {
    ended.abort()
    await watching
  }
}

type Compute = NonNullable<RunOptions['compute']>

/** A run is kept before its script computes: whoever is told of it sooner might look for it in vain. */
function announced(attended: Attended, compute: Compute): Compute {
  let told = false
  return (stretch) => {
    if (!told) announce(attended)
    told = true
    return compute(stretch)
  }
}

function announce({ stage, line, runId, known }: Attended): void {
  if (known) return
  const resume = `llmspell run resume ${runId}`
  if (isOn(stage.parsed, 'events')) event('run', { run_id: runId, resume })
  if (stage.json || stage.quiet) return
  line.line(`durable run ${runId}; when it is stopped: ${resume}\n`)
}

async function leave(executor: WorkflowExecutor, runId: string): Promise<void> {
  await Promise.race([executor.suspend(runId).catch(() => {}), sleep(GRACE_MS)])
}

/** Looks at the row until the run has ended: its row says what it waits for. */
async function watch(
  { stage, line, runId }: Attended,
  executor: WorkflowExecutor,
  signal: AbortSignal,
): Promise<void> {
  let seen = ''
  while (!signal.aborted) {
    const row = await executor.get(runId)
    const open = row?.status === 'waiting' && !row.waiting?.arrived
    const waits = open ? JSON.stringify(row.waiting) : ''
    if (row && waits !== seen) await onWait(row, { stage, line, executor, signal })
    else if (row?.waiting?.question && !signal.aborted && isGone(stage))
      await leave(executor, runId)
    seen = waits
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
  }
}

/** True where whoever was asked has closed the terminal's input. */
function isGone({ parsed }: Stage): boolean {
  return canAsk(parsed) && (process.stdin.readableEnded || process.stdin.destroyed)
}

interface Watching {
  readonly stage: Stage
  readonly line: ProgressLine
  readonly executor: WorkflowExecutor
  readonly signal: AbortSignal
}

async function onWait(row: RunRow, { stage, line, executor, signal }: Watching): Promise<void> {
  const { waiting, runId } = row
  if (!waiting) return
  if (isOn(stage.parsed, 'events')) event('waiting', { run_id: runId, waiting })
  if (waiting.for !== 'signal') {
    if (waiting.until) line.report({ who: `run ${plain(runId)}`, state: 'active', text: 'sleeps' })
    return
  }
  // Questions are put by the run itself. Nobody else can send a signal: this process owns the store.
  const answered =
    canAsk(stage.parsed) &&
    (waiting.question !== undefined || (await takeAnswer(executor, row, line, signal)))
  if (!answered && !signal.aborted && waitOf(stage.parsed) === undefined)
    await leave(executor, runId)
}

async function explained(
  executor: WorkflowExecutor,
  runId: string,
  error: unknown,
  left: boolean,
): Promise<unknown> {
  const code = isSpellError(error) ? error.code : ''
  const row = await executor.get(runId).catch(() => undefined)
  if (!row || row.endedAt !== undefined) return error
  if (left && (code === 'RUN_WAITING' || code === 'CANCELLED')) return leftError(row)
  if (isSpellError(error) && code === 'RESUME_UNCERTAIN') return uncertainError(row, error)
  return code === 'RUN_WAITING' ? waitingError(row) : error
}
