import { isSpellError, SpellError } from '@llmspell/sdk'
import type { RunId, Signal } from '@llmspell/sdk'
import { dropped, ended } from './errors.ts'
import { load } from './load.ts'
import { resume } from './resume.ts'
import type { Going, Runs } from './runs.ts'
import { checkNames, checkSignal } from './signals.ts'
import type { Kept } from './signals.ts'
import { isFinal } from './status.ts'
import { ROOT } from './paths.ts'
import type { StoredRun } from './store.ts'

/** Keeps a signal for the run, and wakes it where it waits. */
export async function signal(
  runs: Runs,
  id: RunId,
  sent: Signal,
): Promise<'accepted' | 'duplicate' | 'ended'> {
  checkNames(sent)
  const stored = await runs.known(id)
  if (isFinal(stored.row.status)) return 'ended'
  const schema = await expected(runs, stored, sent.name)
  if (schema) checkSignal(sent, await runs.lent.compile(schema))
  const kept = await runs.signals(id).accept(sent)
  if (!kept) return 'duplicate'
  await handed(runs, id, kept)
  return 'accepted'
}

/** What the next signal of a name has to fit: it belongs to the first wait that none has come for. */
async function expected(
  runs: Runs,
  { row, waits }: StoredRun,
  wanted: string,
): Promise<object | undefined> {
  const life = runs.going(row.runId)?.life
  if (life?.live) return life.inbox.waits.find(({ name }) => name === wanted)?.options.schema
  const open = waits?.filter(({ name }) => name === wanted) ?? []
  if (open.length === 0) return undefined
  const kept = await runs.signals(row.runId).kept()
  return open[kept.filter(({ name }) => name === wanted).length]?.schema
}

/** Gives it to a run in memory, wakes one that may go on by itself, and marks one that somebody has to resume. */
async function handed(runs: Runs, id: RunId, kept: Kept): Promise<void> {
  const going = runs.going(id)
  if (going && !going.life.closed) {
    if (going.life.live) going.life.inbox.takes(kept)
    return
  }
  await going?.over
  const { row } = await runs.known(id)
  if (row.status !== 'waiting' || runs.stopping || (await runs.lease.isElsewhere(id))) return
  const woken = runs.recovers ? resume(runs, id, {}) : marked(runs, id, kept.name)
  return woken.catch((error: unknown) => {
    // Another process was faster to take the run: it reads what is kept.
    if (!isSpellError(error) || error.code !== 'RUN_BUSY') throw error
  })
}

function marked(runs: Runs, id: RunId, wanted: string): Promise<void> {
  return runs.held(id, async () => {
    const stored = await runs.known(id)
    const { waiting } = stored.row
    if (runs.going(id) || !waiting || !stored.waits?.some(({ name }) => name === wanted)) return
    await runs.log(stored, {}).change({ row: { waiting: { ...waiting, arrived: true } } }, true)
  })
}

/** @throws RUN_NOT_FOUND; RUN_ENDED is none: what has ended is cancelled enough */
export async function cancel(
  runs: Runs,
  id: RunId,
  { reason, mode }: { reason: string; mode: 'graceful' | 'kill' },
): Promise<void> {
  const { row } = await runs.known(id)
  if (isFinal(row.status)) return
  if (mode === 'kill') return kill(runs, id, reason)
  const going = runs.going(id)
  if (going && row.status !== 'queued')
    return runs.cancel(going.life, { code: 'CANCELLED', reason })
  // One that waits for its time has it at once.
  runs.stop(id)
  await going?.over
  await runs.held(id, async () => {
    const stored = await runs.known(id)
    await runs.log(stored, {}).change({ cancel: { code: 'CANCELLED', reason } }, true)
  })
  await resume(runs, id, {})
}

/** Ends it where it stands: nothing is undone, nothing is heard of. */
async function kill(runs: Runs, id: RunId, reason: string): Promise<void> {
  const going = runs.going(id)
  runs.stop(id)
  await going?.over
  await runs.held(id, async () => {
    const stored = await runs.known(id)
    if (isFinal(stored.row.status)) return
    runs.passive.drop(id)
    const log = going && !going.life.log.lost ? going.life.log : await reopened(runs, id)
    const endedAt = runs.timers.clock.now()
    const error = { code: 'CANCELLED', message: `The run was cancelled: ${reason}` }
    const expiresAt = endedAt + stored.retentionMs
    log.patch({
      row: { status: 'cancelled', reason: error, endedAt, expiresAt, waiting: undefined as never },
    })
    const written = Promise.withResolvers<void>()
    const onDurable = (failure?: unknown): void =>
      failure === undefined ? written.resolve() : written.reject(failure)
    log.append(
      { kind: 'end', path: ROOT, outcome: { cancelled: reason } },
      { synced: true, onDurable },
    )
    await written.promise
  })
}

async function reopened(runs: Runs, id: RunId) {
  const stored = await runs.known(id)
  await runs.committer.flush()
  const { records, prev } = await load(runs.store, stored)
  return runs.log(stored, { prev, at: records.at(-1)?.at ?? 0 })
}

/** Lets the steps under way end, begins nothing more, and leaves memory. */
export async function pause(runs: Runs, id: RunId, reason: string): Promise<void> {
  const { row } = await runs.known(id)
  if (isFinal(row.status)) throw ended(id, row.status)
  const error = new SpellError('RUN_PAUSED', `Run '${id}' is paused: ${reason}`, {
    hint: 'Resume it by its id.',
  })
  const going = runs.going(id)
  if (!going) return runs.held(id, () => paused(runs, id, error))
  going.life.ending.leave(error)
  await going.over
}

async function paused(runs: Runs, id: RunId, error: SpellError): Promise<void> {
  const { code, message, hint = '' } = error
  const log = runs.log(await runs.known(id), {})
  await log.change({ row: { status: 'paused', reason: { code, message, hint } } }, true)
  runs.passive.drop(id)
}

/** The same, without a word in its row: whoever resumes it goes on. */
export async function suspend(runs: Runs, id: RunId, graceMs = runs.graceMs): Promise<void> {
  await runs.known(id)
  const going = runs.going(id)
  if (!going) return
  going.life.ending.leave(
    new SpellError('RUN_SUSPENDED', `Run '${id}' is suspended.`, { hint: 'Resume it by its id.' }),
  )
  await leftWithin(runs, going, graceMs)
  await runs.committer.flush()
}

/** A step that does not end is left alone: what it does later comes into no journal. */
async function leftWithin(runs: Runs, { life, over }: Going, graceMs: number): Promise<void> {
  const late = setTimeout(() => {
    const { runId } = life.row
    runs.host.logger.warn(`Run '${runId}' leaves memory with steps under way: they did not end.`)
    life.stop(dropped(runId, 'suspended'))
  }, graceMs)
  await over
  clearTimeout(late)
}
