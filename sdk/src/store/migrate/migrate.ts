import type {
  MigrateOptions,
  Migration,
  MigrationDifference,
  MigrationReport,
  MigrationStep,
  MigrationWay,
} from '../../contracts/migration.ts'
import type { StateBackend } from '../../contracts/state.ts'
import type { SpellError } from '../../errors.ts'
import { AT_ONCE, cancelled, discardBeside, entriesOf, writeBeside } from './beside.ts'
import { added, chunksOf, differencesOf, madeOf } from './chunks.ts'
import { checkKnown, chosen, formsOf, pathOf, targetOf } from './path.ts'
import type { Form } from './path.ts'
import { NO_COUNTS, noWorkOp, schemaVersions, versionOp, workOf, workOp } from './registry.ts'
import type { Work } from './registry.ts'
import { finished, finishMigration } from './finish.ts'
import { changedMeanwhile, switched } from './switch.ts'

const MOST_DIFFERENCES = 10
const MOST_TRIES = 3

interface Task {
  readonly form: Form
  readonly from: number
  readonly to: number
  readonly transform: MigrationWay
}

/**
 * Brings data to the versions that these migrations know. New versions are written beside the old ones and count from
 * one key on: a failure, or an end of the process before it, leaves the old data.
 *
 * @throws STATE_NEWER, before anything is touched, STATE_MIGRATION_FAILED, STATE_CONFLICT, CANCELLED
 */
export async function migrate(
  store: StateBackend,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<Omit<MigrationReport, 'resealed'>> {
  const { dryRun = false } = options
  const forms = chosen(formsOf(migrations), options)
  const versions = await schemaVersions(store)
  for (const form of forms) checkKnown(form, versions[form.name])
  if (!dryRun) await finishMigration(store, migrations)
  const tasks = await tasksOf(store, forms, options)
  // A migration that was stopped, and is not wanted any more.
  if (!dryRun && tasks.length === 0 && (await workOf(store))) await discarded(store)
  const steps: MigrationStep[] = []
  if (dryRun) for (const task of tasks) steps.push(await tried(store, task, options))
  else if (tasks.length > 0) {
    for (const { form, from, to } of tasks) await options.before?.({ schema: form.name, from, to })
    await options.backup?.()
    for (const task of tasks) steps.push(await done(store, task, options))
  }
  return { dryRun, steps, versions: await schemaVersions(store) }
}

async function tasksOf(
  store: StateBackend,
  forms: readonly Form[],
  options: MigrateOptions,
): Promise<Task[]> {
  const versions = await schemaVersions(store)
  const tasks: Task[] = []
  for (const form of forms) {
    const to = targetOf(form, options)
    const from = versions[form.name] ?? ((await hasAny(store, form)) ? form.oldest : undefined)
    if (from === undefined) {
      if (!options.dryRun) await store.commit([versionOp({ name: form.name, to })])
    } else if (from !== to) tasks.push({ form, from, to, transform: pathOf(form, from, to) })
  }
  return tasks
}

async function hasAny(store: StateBackend, form: Form): Promise<boolean> {
  for await (const _ of entriesOf(store, form)) return true
  return false
}

async function tried(
  store: StateBackend,
  { form, from, to, transform }: Task,
  { chunk = AT_ONCE, signal, onProgress }: MigrateOptions,
): Promise<MigrationStep> {
  let counts = NO_COUNTS
  const differences: MigrationDifference[] = []
  for await (const part of chunksOf(entriesOf(store, form), chunk)) {
    if (signal?.aborted) throw cancelled(form.name)
    const made = await madeOf(part, transform, form.name)
    counts = added(counts, made.counts)
    const left = MOST_DIFFERENCES - differences.length
    if (left > 0) differences.push(...differencesOf(part, made).slice(0, left))
    onProgress?.({ schema: form.name, from, to, entries: counts.entries })
  }
  return { schema: form.name, from, to, ...counts, differences }
}

async function done(
  store: StateBackend,
  task: Task,
  options: MigrateOptions,
): Promise<MigrationStep> {
  const { form, from, to, transform } = task
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const start = await begun(store, task)
    const work = await made(store, start, transform, options).catch(async (error) => {
      // What was cancelled goes on later; what failed would fail again.
      if ((error as SpellError).code === 'STATE_MIGRATION_FAILED') await discarded(store)
      throw error
    })
    if (work) {
      await finished(store, transform)
      return { schema: form.name, from, to, ...work.counts, differences: [] }
    }
    await discarded(store)
  }
  throw changedMeanwhile(form.name)
}

async function made(
  store: StateBackend,
  start: Work,
  transform: MigrationWay,
  options: MigrateOptions,
): Promise<Work | undefined> {
  const beside = await writeBeside(store, start, transform, options)
  return switched(store, beside, transform, options.signal)
}

/** The same migration goes on where it was stopped; of another nothing is kept. */
async function begun(store: StateBackend, { form, from, to }: Task): Promise<Work> {
  const found = await workOf(store)
  if (found?.name === form.name && found.from === from && found.to === to) return found
  await discardBeside(store)
  const { name, kind, id } = form
  const { seq } = await store.commit([noWorkOp()])
  const work: Work = {
    name,
    kind,
    ...(id === undefined ? {} : { id }),
    from,
    to,
    phase: 'beside',
    seen: String(seq),
    counts: NO_COUNTS,
  }
  await store.commit([workOp(work)], { durability: 'sync' })
  return work
}

async function discarded(store: StateBackend): Promise<void> {
  await discardBeside(store)
  await store.commit([noWorkOp()], { durability: 'sync' })
}
