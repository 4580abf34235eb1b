import { entriesText } from '../print/counted.ts'
import { SpellError, type RestorePlan } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { readAnswer } from '../run/answer.ts'
import { canAsk } from '../run/ask.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { restoreSource, type RestoreSource } from './restore-source.ts'
import { scopeText } from './scope.ts'

/** `state restore FILE|ID`: shows what would happen, and does it with a yes alone. */
export async function restoreState(stage: Stage): Promise<void> {
  const [given] = stage.parsed.args as [string]
  const dry = isOn(stage.parsed, 'dry-run')
  const source = await restoreSource(stage, given)
  const { plan } = source
  if (!stage.json) out(planText(source))
  if (dry) return ended(stage, source, { restored: false })
  if (!isOn(stage.parsed, 'yes')) {
    if (!canAsk(stage.parsed)) throw needsYes(given, plan)
    if (!(await agreed(plan))) return ended(stage, source, { restored: false })
  }
  ended(stage, source, { restored: true, ...(await source.restore()) })
}

interface End {
  readonly restored: boolean
  /** Id of the backup of what was there. */
  readonly before?: string
}

function ended(stage: Stage, { plan, facts }: RestoreSource, end: End): void {
  if (stage.json)
    return out(
      `${toJson({ ok: true, ...end, dry_run: !end.restored, ...facts, plan: planJson(plan) })}\n`,
    )
  if (!end.restored) return out('Nothing was changed.\n')
  const kept = end.before === undefined ? '' : ` What was there is kept as '${end.before}'.`
  out(`Restored ${entriesText(plan.entries)}.${kept}\n`)
}

function planJson({ conflicts, ...plan }: RestorePlan): object {
  const places = conflicts.map(({ scope, key }) => ({ scope: scopeText(scope), key }))
  return { ...plan, conflicts: places }
}

function planText({ name, plan, about }: RestoreSource): string {
  const { adds, changes, removes, same, held, conflicts } = plan
  const rows = [
    ['added', adds],
    ['replaced', changes],
    ['removed', removes],
    ['left as it is', same],
  ].map(([what, count]) => [`${what}`, `${count}`])
  const places = conflicts.map(({ scope, key }) => `- ${plain(`${scopeText(scope)} '${key}'`)}\n`)
  const first = places.length === 0 ? '' : `First of those that are replaced:\n${places.join('')}`
  const there = held === 0 ? 'The store is empty.' : `The store has ${entriesText(held)}.`
  const head = `${plain(name)} is whole: ${about}.\n${there}\n`
  return head + table(['WOULD BE', 'ENTRIES'], rows, painter(process.stdout.isTTY)) + first
}

async function agreed({ changes, removes }: RestorePlan): Promise<boolean> {
  const loss = changes + removes
  err(`Restore it${loss === 0 ? '' : ` in the place of ${entriesText(loss)}`}? [y/N] `)
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}

function needsYes(given: string, { changes, removes }: RestorePlan): SpellError {
  return new SpellError(
    'FLAG_INVALID',
    `'${given}' was not restored: expected '--yes' where nobody can be asked, found none.`,
    {
      hint: `Add --yes to replace or remove ${entriesText(changes + removes)}; --dry-run shows it alone.`,
    },
  )
}
