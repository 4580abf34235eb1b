import { entriesText } from '../print/counted.ts'
import { SpellError, type MigrationReport, type MigrationStep } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { isOn, text } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import { cut } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'
import { scopeText } from './scope.ts'
import { stateManager } from './store.ts'

const WHO = 'state migrate'
const WIDEST = 28

/** `state migrate [KIND/SCHEMA]`: a backup first, then each form of data to the version that it should have. */
export async function migrateState(stage: Stage): Promise<void> {
  const [form] = stage.parsed.args
  const to = text(stage.parsed, 'to')
  if (to !== undefined && form === undefined) throw needsForm(to)
  const state = await stateManager(stage)
  const line = progressLine(stage)
  line.report({ who: WHO, state: 'started' })
  const report = await state
    .migrate({
      dryRun: isOn(stage.parsed, 'dry-run'),
      backup: !isOn(stage.parsed, 'no-backup'),
      ...(form === undefined ? {} : { only: [form] }),
      ...(form === undefined || to === undefined ? {} : { targets: { [form]: version(to) } }),
      onProgress: ({ schema, entries }) =>
        line.report({
          who: WHO,
          state: 'active',
          text: `${plain(schema)}: ${entriesText(entries)}`,
        }),
    })
    .finally(() => line.clear())
  out(stage.json ? `${toJson(reportJson(report))}\n` : reportText(report))
}

/** Versions begin at 0. */
const version = (to: string): number => (to === '0' ? 0 : count('to', to))

function needsForm(to: string): SpellError {
  return new SpellError('FLAG_INVALID', "Flag '--to' needs the data that it means.", {
    hint: `Write: llmspell state migrate KIND/SCHEMA --to=${to}`,
  })
}

/** Values stay out: a difference is told by its place. */
function reportJson({ dryRun, steps, resealed, versions }: MigrationReport): object {
  const shown = steps.map(({ differences, ...step }) => ({
    ...step,
    differences: differences.map(({ scope, key }) => ({ scope: scopeText(scope), key })),
  }))
  return { ok: true, dry_run: dryRun, steps: shown, resealed, versions }
}

function reportText({ dryRun, steps, resealed }: MigrationReport): string {
  if (steps.length === 0 && resealed === 0) return 'All data has the version that it should have.\n'
  const sealed = resealed === 0 ? '' : `${resealed} values under the new key\n`
  const end = dryRun ? 'Nothing was changed: leave --dry-run out to do it.\n' : ''
  return (steps.length === 0 ? '' : stepTable(steps)) + sealed + end
}

function stepTable(steps: readonly MigrationStep[]): string {
  const rows = steps.map(({ schema, from, to, entries, changed, added, removed }) =>
    [cut(schema, WIDEST), from, to, entries, changed, added, removed].map(String),
  )
  const head = ['DATA', 'FROM', 'TO', 'ENTRIES', 'CHANGED', 'ADDED', 'REMOVED']
  return table(head, rows, painter(process.stdout.isTTY)) + steps.map(placesText).join('')
}

function placesText({ schema, differences }: MigrationStep): string {
  if (differences.length === 0) return ''
  const places = differences.map(({ scope, key }) => `- ${plain(`${scopeText(scope)} '${key}'`)}\n`)
  return `First of ${plain(schema)} that would be another:\n${places.join('')}`
}
