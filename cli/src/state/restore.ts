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
import { restoreSource, type Restored, type RestoreSource } from './restore-source.ts'
import { scopeText } from './scope.ts'

/** `state restore FILE|ID`: shows what would happen, and does it with a yes alone. */
export async function restoreState(stage: Stage): Promise<void> {
  const [given] = stage.parsed.args as [string]
  const dry = isOn(stage.parsed, 'dry-run')
  const source = await restoreSource(stage, given)
  if (!stage.json) out(planText(source))
  if (dry) return ended(stage, source, { restored: false })
  if (!isOn(stage.parsed, 'yes')) {
    if (!canAsk(stage.parsed)) throw needsYes(given, source)
    if (!(await agreed(source))) return ended(stage, source, { restored: false })
  }
  ended(stage, source, { restored: true, ...(await source.restore()) })
}

interface End extends Restored {
  readonly restored: boolean
}

function ended(stage: Stage, source: RestoreSource, end: End): void {
  const { plan, damage, facts } = source
  const what = plan ? { plan: planJson(plan) } : { damage: damage?.message }
  if (stage.json)
    return out(`${toJson({ ok: true, ...end, dry_run: !end.restored, ...facts, ...what })}\n`)
  if (!end.restored) return out('Nothing was changed.\n')
  const kept = end.before === undefined ? '' : ` What was there is kept as '${end.before}'.`
  const aside = end.aside === undefined ? '' : ` The damaged store lies in '${plain(end.aside)}'.`
  out(`Restored ${plan ? entriesText(plan.entries) : source.about}.${kept}${aside}\n`)
}

function planJson({ conflicts, ...plan }: RestorePlan): object {
  const places = conflicts.map(({ scope, key }) => ({ scope: scopeText(scope), key }))
  return { ...plan, conflicts: places }
}

function planText({ name, plan, about, damage }: RestoreSource): string {
  const head = `${plain(name)} is whole: ${about}.\n`
  if (plan) return head + changesText(plan)
  return `${head}${plain(damage?.message ?? '')}\nThe damaged store would be set aside, whole as it is.\n`
}

function changesText(plan: RestorePlan): string {
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
  return `${there}\n` + table(['WOULD BE', 'ENTRIES'], rows, painter(process.stdout.isTTY)) + first
}

async function agreed(source: RestoreSource): Promise<boolean> {
  const loss = lossText(source)
  err(`Restore it${loss === '' ? '' : ` in the place of ${loss}`}? [y/N] `)
  const typed = await readAnswer(new AbortController().signal)
  return /^y(?:es)?$/i.test(typed?.trim() ?? '')
}

function lossText({ plan }: RestoreSource): string {
  if (!plan) return 'the damaged store'
  const loss = plan.changes + plan.removes
  return loss === 0 ? '' : entriesText(loss)
}

function needsYes(given: string, source: RestoreSource): SpellError {
  const loss = lossText(source) || entriesText(0)
  return new SpellError(
    'FLAG_INVALID',
    `'${given}' was not restored: expected '--yes' where nobody can be asked, found none.`,
    { hint: `Add --yes to replace or remove ${loss}; --dry-run shows it alone.` },
  )
}
