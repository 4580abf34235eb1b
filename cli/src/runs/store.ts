import type { Kernel } from '@llmspell/kernel'
import {
  withoutSecrets,
  type JournalRecord,
  type RunRow,
  type WorkflowExecutor,
} from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { patiently } from '../kernel/patient.ts'
import { ProgressLine } from '../print/progress.ts'
import type { Stage } from '../stage.ts'
import { findRun } from './find.ts'
import { wholeRecord } from './stored.ts'

/** What the commands about stored runs stand on. */
export interface RunStore {
  readonly kernel: Kernel
  readonly executor: WorkflowExecutor
}

/** Opens the store: the first thing that touches it, so that other commands need none. */
export async function runStore(stage: Stage): Promise<RunStore> {
  return openStore(stage, await stage.config())
}

async function openStore(stage: Stage, config: Config): Promise<RunStore> {
  const kernel = await stage.open(config)
  const runtime = await kernel.use('script-runtime')
  return { kernel, executor: await runtime.executor() }
}

/** The same for commands that are quick: they wait a little for a store in use. */
export function patientStore(stage: Stage): Promise<RunStore> {
  return patiently(stage, () => runStore(stage))
}

/** The same for commands that only look: what is left of a damaged store can be seen, with a warning. */
export function readStore(stage: Stage): Promise<RunStore> {
  return patiently(stage, async () => {
    const { plugins, ...config } = await stage.config()
    const state = { ...plugins?.['state'], damaged: 'read' }
    return openStore(stage, { ...config, plugins: { ...plugins, state } })
  })
}

/** The run that an argument names, with its journal. */
export async function readRun(
  { executor }: RunStore,
  given: string,
  { whole = false } = {},
): Promise<{ readonly row: RunRow; readonly records: readonly JournalRecord[] }> {
  const row = await findRun(executor, given)
  const records = await Array.fromAsync(executor.history(row.runId))
  if (!whole) return { row, records: records.map(withoutSecrets) }
  const all = records.map((record) => wholeRecord(executor.blobs, record))
  return { row, records: (await Promise.all(all)).map(withoutSecrets) }
}

export function progressLine(stage: Stage): ProgressLine {
  return new ProgressLine({ quiet: stage.json || stage.quiet })
}
