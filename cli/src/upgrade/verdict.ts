import type { PluginReport } from '@llmspell/kernel'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { Examined, Tested } from './trial.ts'

/** Whether a plugin works with the new version. */
export interface Verdict {
  readonly id: string
  readonly package: string
  readonly version: string
  readonly fits: 'yes' | 'older' | 'no'
  /** Why not, or what there is to know. */
  readonly why: string
  /** What to do; empty where there is nothing. */
  readonly hint: string
  readonly tests?: Tested
}

/** What the new version makes of one plugin. */
export function verdictOf(
  before: PluginReport,
  { plugins, problems, version }: Examined,
  tests?: Tested,
): Verdict {
  const facts = { id: before.id, package: before.package, version: before.version }
  const row = plugins.find(({ id, package: name }) => id === before.id || name === before.package)
  if (!row) return { ...facts, fits: 'no', why: `llmspell ${version} does not find it.`, hint: '' }
  const told = { ...facts, ...(tests ? { tests } : {}) }
  if (row.failure)
    return { ...told, fits: 'no', why: row.failure.message, hint: row.failure.hint ?? '' }
  if (tests && tests.failed > 0) return { ...told, fits: 'no', ...broken(before, tests) }
  const old = problems.find(({ plugin, code }) => plugin === row.id && code === 'PLUGIN_OUTDATED')
  if (old) return { ...told, fits: 'older', why: old.text, hint: old.hint ?? '' }
  return { ...told, fits: 'yes', why: '', hint: '' }
}

function broken({ package: name }: PluginReport, { failed, first = '' }: Tested) {
  const why = `It activates, and ${failed} tests of its contract fail: ${first}`
  return { why, hint: `Ask the author of ${name}, or wait with the upgrade.` }
}

const WORDS = { yes: 'fits', older: 'fits, through the older contract', no: 'does not fit' }

/** The verdicts for people, 80 wide. */
export function verdictText(rows: readonly Verdict[], paint: Paint): string {
  const cells = rows.map(({ id, version, fits }) => [`${id}@${version}`, WORDS[fits]])
  return table(['PLUGIN', 'VERDICT'], cells, paint) + rows.map((row) => page(row, paint)).join('')
}

function page({ id, why, hint, tests }: Verdict, paint: Paint): string {
  const lines = [
    ['why', plain(why)],
    ['do', plain(hint)],
    ['tests', tests ? `${tests.passed} passed, ${tests.failed} failed` : ''],
  ].filter(([, text]) => text !== '')
  return lines.length === 0 ? '' : `\n${table([id, ''], lines as string[][], paint)}`
}
