import type { Json } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { findRun } from './find.ts'
import { goOn } from './go-on.ts'
import { recordNumber } from './number.ts'
import { runIdOf } from './options.ts'
import { hasGrants, rightsOf } from './rights.ts'
import { loaded } from './stored.ts'
import { progressLine, runStore, type RunStore } from './store.ts'

/** `run fork ID`: a new run that has the journal up to a record, and lives from there on. */
export async function fork(stage: Stage): Promise<void> {
  const newRunId = runIdOf(stage.parsed)
  const store = await runStore(stage)
  const { runId } = await findRun(store.executor, stage.parsed.args[0]!)
  const at = await recordNumber(store, runId, 'at', text(stage.parsed, 'at'))
  const input = await inputOf(stage, store, runId)
  await store.executor.fork(runId, {
    newRunId,
    ...(at === undefined ? {} : { at }),
    ...(input === undefined ? {} : { input }),
  })
  if (!isOn(stage.parsed, 'hold')) return goOn(stage, store, newRunId, progressLine(stage))
  const resume = `llmspell run resume ${newRunId}`
  if (stage.json) out(`${toJson({ ok: true, run_id: newRunId, resume })}\n`)
  else out(`${newRunId} is a fork of ${runId}; go on with: ${resume}\n`)
}

/** What the run was started with, with another model and other rights in it; nothing where it stays as it was. */
async function inputOf(stage: Stage, store: RunStore, runId: string): Promise<Json | undefined> {
  const { parsed } = stage
  const model = text(parsed, 'model')
  if (model === undefined && !hasGrants(parsed)) return undefined
  const rights = hasGrants(parsed) ? await rightsOf(stage, store, runId) : {}
  for await (const record of store.executor.history(runId)) {
    if (record.kind !== 'begin') continue
    const input = await loaded(store.executor.blobs, record.input)
    return 'inline' in input ? changed(input.inline, model, rights) : undefined
  }
  return undefined
}

function changed(input: Json, model: string | undefined, rights: object): Json {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const table = input as { readonly [key: string]: Json }
  const settings =
    model === undefined ? {} : { settings: { ...(table['settings'] as object | undefined), model } }
  return { ...table, ...settings, ...rights }
}
