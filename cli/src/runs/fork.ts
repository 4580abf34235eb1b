import type { Json, RunPlugin } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { goOn } from './go-on.ts'
import { recordNumber } from './number.ts'
import { runIdOf } from './options.ts'
import { filesOf, storeOfRun } from './plugins.ts'
import { hasGrants, rightsOf } from './rights.ts'
import { loaded } from './stored.ts'
import { progressLine, type RunStore } from './store.ts'

/** `run fork ID`: a new run that has the journal up to a record, and lives from there on. */
export async function fork(stage: Stage): Promise<void> {
  const newRunId = runIdOf(stage.parsed)
  const { runId, ...store } = await storeOfRun(stage, stage.parsed.args[0]!)
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

/** What the run was started with, with another model, other rights and plugins in it; nothing where it stays as it was. */
async function inputOf(stage: Stage, store: RunStore, runId: string): Promise<Json | undefined> {
  const { parsed } = stage
  const model = text(parsed, 'model')
  const typed = stage.flagged.length > 0
  if (model === undefined && !hasGrants(parsed) && !typed) return undefined
  const rights = hasGrants(parsed) ? await rightsOf(stage, store, runId) : {}
  const plugins = typed ? { plugins: await pluginsOf(stage, store) } : {}
  for await (const record of store.executor.history(runId)) {
    if (record.kind !== 'begin') continue
    const input = await loaded(store.executor.blobs, record.input)
    return 'inline' in input ? changed(input.inline, model, { ...rights, ...plugins }) : undefined
  }
  return undefined
}

/** Those of the run with what the flags name in their place. */
async function pluginsOf(stage: Stage, { kernel }: RunStore): Promise<readonly RunPlugin[]> {
  return filesOf(kernel, (await stage.config()).files ?? [])
}

function changed(input: Json, model: string | undefined, more: object): Json {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const table = input as { readonly [key: string]: Json }
  const settings =
    model === undefined ? {} : { settings: { ...(table['settings'] as object | undefined), model } }
  return { ...table, ...settings, ...more }
}
