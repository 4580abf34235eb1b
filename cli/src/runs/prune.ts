import { bytesText, type RunRow } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { readAnswer } from '../run/answer.ts'
import { canAsk } from '../run/ask.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { duration } from '../units.ts'
import { runTable } from './page.ts'
import { runStore } from './store.ts'

const DEFAULT_AGE = '30d'

/** `run prune`: lets ended runs go. Without a yes nothing does. */
export async function prune(stage: Stage): Promise<void> {
  const age = text(stage.parsed, 'older-than') ?? DEFAULT_AGE
  const endedBefore = Date.now() - (age === '0' ? 0 : duration('older-than', age))
  const { executor } = await runStore(stage)
  const all = await Array.fromAsync(executor.list({}))
  const rows = all.filter((row) => goes(row, endedBefore))
  const kept = keptOf(all, endedBefore)
  const yes = isOn(stage.parsed, 'yes') || (rows.length > 0 && (await agreed(stage, rows)))
  const removed = yes ? await executor.purge({ endedBefore }) : 0
  if (stage.json) {
    const ids = rows.map(({ runId }) => runId)
    out(`${toJson({ ok: true, removed, run_ids: ids, dry_run: !yes, kept })}\n`)
  } else out(`${summary(rows.length, removed, age, yes)}${keptText(kept, age)}`)
}

/** Unfinished runs stay, however old. */
function goes({ endedAt }: RunRow, endedBefore: number): boolean {
  return endedAt !== undefined && endedAt < endedBefore
}

/** Ids of the runs that stay, by the reason. */
interface Kept {
  readonly unfinished: readonly string[]
  readonly recent: readonly string[]
}

function keptOf(rows: readonly RunRow[], endedBefore: number): Kept {
  const stays = rows.filter((row) => !goes(row, endedBefore))
  const ids = (ended: boolean): string[] =>
    stays.filter(({ endedAt }) => (endedAt !== undefined) === ended).map(({ runId }) => runId)
  return { unfinished: ids(false), recent: ids(true) }
}

function keptText({ unfinished, recent }: Kept, age: string): string {
  const reasons = [
    ...(unfinished.length === 0 ? [] : [`${runs(unfinished.length)} that did not end`]),
    ...(recent.length === 0 ? [] : [`${runs(recent.length)} that ended less than ${age} ago`]),
  ]
  return reasons.length === 0 ? '' : `Kept: ${reasons.join(', ')}.\n`
}

async function agreed(stage: Stage, rows: readonly RunRow[]): Promise<boolean> {
  if (!stage.json) out(runTable(rows, painter(process.stdout.isTTY)))
  if (!canAsk(stage.parsed)) return false
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  err(`Remove ${runs(rows.length)}, ${bytesText(bytes)}, for good? [y/N] `)
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}

function summary(found: number, removed: number, age: string, yes: boolean): string {
  if (found === 0) return `No run ended more than ${age} ago.\n`
  return yes
    ? `Removed ${runs(removed)}.\n`
    : `Nothing was removed; --yes removes ${runs(found)}.\n`
}

const runs = (count: number): string => (count === 1 ? '1 run' : `${count} runs`)
