import type { MigrationReport, MigrationStep } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { isOn } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { scopeText } from './scope.ts'

const WHO = 'state migrate'

/** `state migrate`: a backup first, then each form of data to its newest version. */
export async function migrateState(stage: Stage): Promise<void> {
  const kernel = await stage.open(await stage.config())
  const state = await kernel.use('state')
  const line = progressLine(stage)
  line.report({ who: WHO, state: 'started' })
  const report = await state
    .migrate({
      dryRun: isOn(stage.parsed, 'dry-run'),
      onProgress: ({ schema, entries }) =>
        line.report({ who: WHO, state: 'active', text: `${plain(schema)}: ${entries} entries` }),
    })
    .finally(() => line.clear())
  out(stage.json ? `${toJson(reportJson(report))}\n` : reportText(report))
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
  return steps.map(stepText).join('') + sealed + end
}

function stepText(step: MigrationStep): string {
  const { schema, from, to, entries, changed, added, removed, differences } = step
  const counts = `${entries} entries: ${changed} changed, ${added} added, ${removed} removed`
  const places = differences.map(({ scope, key }) => `- ${plain(`${scopeText(scope)} '${key}'`)}\n`)
  return `${plain(schema)} ${from} to ${to}, ${counts}\n${places.join('')}`
}
